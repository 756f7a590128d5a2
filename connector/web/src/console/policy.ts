// A company's rules as the console edits them, and what can be said about them in plain words.

export interface MaskRule { id: string; site?: string; selector: string; reveal?: boolean }
export interface GuardRule {
  id: string; site?: string; selector?: string; name?: string; link?: string; frame?: string; downloads?: boolean; submits?: boolean;
}
export interface Pattern { id: string; expression: string; check?: string }
export interface SiteMode { site?: string; mode: 'inputs' | 'text' | 'listed' }
export interface PageRule { id: string; url: string }
export interface RequestRule { id: string; method?: string; url: string }

export interface Policy {
  masks: MaskRule[]; guards: GuardRule[]; patterns: Pattern[]; modes: SiteMode[]; pauses: PageRule[]; requests: RequestRule[];
  /** Null: the product's own. */
  pii: string[] | null;
  fieldsOnly: boolean; hideLinks: boolean; mayReveal: boolean; hideTyping: boolean; agentSeesFileNames: boolean;
  /** 0: the product's own number. */
  maxTabs: number;
  mobileAgent: boolean;
  ports: number[];
  /** Null: the product's own. */
  refusedFiles: string[] | null;
}

/** As the service sends it: lists may be null or missing. */
export function policyOf(sent: Partial<Policy>): Policy {
  return {
    masks: sent.masks ?? [], guards: sent.guards ?? [], patterns: sent.patterns ?? [], modes: sent.modes ?? [],
    pauses: sent.pauses ?? [], requests: sent.requests ?? [], pii: sent.pii ?? null,
    fieldsOnly: sent.fieldsOnly ?? false, hideLinks: sent.hideLinks ?? false, mayReveal: sent.mayReveal ?? false, hideTyping: sent.hideTyping ?? false,
    agentSeesFileNames: sent.agentSeesFileNames ?? false,
    maxTabs: sent.maxTabs ?? 0, mobileAgent: sent.mobileAgent ?? true, ports: sent.ports ?? [], refusedFiles: sent.refusedFiles ?? null,
  };
}

export type List = 'masks' | 'guards' | 'patterns' | 'pauses' | 'requests';
export const lists: readonly List[] = ['masks', 'guards', 'patterns', 'pauses', 'requests'];

/** What is one thing by itself, however much it holds. */
const settings = ['fieldsOnly', 'hideLinks', 'mayReveal', 'hideTyping', 'agentSeesFileNames', 'maxTabs', 'mobileAgent', 'ports', 'refusedFiles'] as const;
type Setting = typeof settings[number];

export interface Entry { id: string }
const idOf = (e: Entry): string => e.id;
const siteOf = (m: SiteMode): string => m.site ?? '';

/** An entry put in the place of the one with its key, or at the end; without an entry the one with the key is away. */
function put<T>(list: readonly T[], keyOf: (e: T) => string, key: string, entry: T | undefined): T[] {
  if (!entry) return list.filter((e) => keyOf(e) !== key);
  return list.some((e) => keyOf(e) === key) ? list.map((e) => (keyOf(e) === key ? entry : e)) : [...list, entry];
}

export function withEntry<T extends Entry>(list: readonly T[], entry: T): T[] { return put(list, idOf, entry.id, entry); }

export function withMode(list: readonly SiteMode[], mode: SiteMode): SiteMode[] { return put(list, siteOf, siteOf(mode), mode); }

/** The kinds of data with one turned on or off; all of them are the product's own. */
export function withKind(pii: string[] | null, kind: string, on: boolean, all: readonly string[]): string[] | null {
  const next = all.filter((k) => (k === kind ? on : (pii ?? all).includes(k)));
  return next.length === all.length ? null : next;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** In modes the id is the site, in pii the kind of data, in settings the setting. */
export interface Change { list: List | 'modes' | 'pii' | 'settings'; id: string; kind: 'added' | 'changed' | 'removed' }

/** What a policy says, thing by thing. `all` are the kinds of data that there are. */
function things(p: Policy, all: readonly string[]): [Change['list'], Map<string, unknown>][] {
  return [
    ...lists.map((list): [List, Map<string, unknown>] => [list, new Map((p[list] as Entry[]).map((e) => [e.id, e]))]),
    ['pii', new Map((p.pii ?? all).map((kind) => [kind, true]))],
    ['modes', new Map(p.modes.map((m) => [siteOf(m), m.mode]))],
    ['settings', new Map(settings.map((s) => [s, p[s]]))],
  ];
}

/** What somebody did to a policy. */
export function changes(from: Policy, to: Policy, all: readonly string[]): Change[] {
  const before = new Map(things(from, all));
  return things(to, all).flatMap(([list, now]) => {
    const old = before.get(list) ?? new Map<string, unknown>();
    const made = [...now].filter(([id, thing]) => !same(old.get(id), thing)).map(([id]): Change => ({ list, id, kind: old.has(id) ? 'changed' : 'added' }));
    const gone = [...old.keys()].filter((id) => !now.has(id)).map((id): Change => ({ list, id, kind: 'removed' }));
    return [...made, ...gone];
  });
}

/** My changes on top of what somebody else has published meanwhile: nothing of either is lost but what both touched, where mine counts. */
export function rebase(base: Policy, mine: Policy, theirs: Policy, all: readonly string[]): Policy {
  const result: Policy = { ...theirs };
  for (const { list, id, kind } of changes(base, mine, all)) {
    switch (list) {
      case 'settings': Object.assign(result, { [id]: mine[id as Setting] }); break;
      case 'pii': result.pii = withKind(result.pii, id, kind === 'added', all); break;
      case 'modes': result.modes = put(result.modes, siteOf, id, mine.modes.find((m) => siteOf(m) === id)); break;
      default: Object.assign(result, { [list]: put<Entry>(result[list], idOf, id, (mine[list] as Entry[]).find((e) => e.id === id)) });
    }
  }
  return result;
}

/** An id that says what the rule is about, and that no other has. */
export function newID(name: string): string {
  const words = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40);
  return `${words || 'rule'}-${Math.random().toString(36).slice(2, 6).padEnd(4, '0')}`;
}

/** The words in an id, without what makes it the only one. */
export function titleOf(id: string): string {
  const words = id.replace(/-[a-z0-9]{4}$/, '').replace(/^(suggested-.*|rule|block)$/, '').replace(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a selector says, as words: the last thing that somebody would recognise in it. */
export function wordsOf(selector: string): string {
  const quoted = [...selector.matchAll(/\[(?:id|name|formcontrolname|autocomplete|aria-label|placeholder|title|alt|data-[\w-]+|itemprop|href|src|role|type|class)[~^*|$]?="([^"]+)"/g)].at(-1)?.[1];
  const word = quoted ?? [...selector.matchAll(/[#.]([\w-]+)/g)].at(-1)?.[1] ?? selector.split(/[\s>+]+/).at(-1)?.replace(/:.*$/, '') ?? '';
  return word.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/[-_]+/g, ' ').trim().toLowerCase() || selector;
}

/** What people call a rule. */
export function nameOf(rule: MaskRule | GuardRule): string {
  return titleOf(rule.id) || ('name' in rule && rule.name) || wordsOf(rule.selector ?? '');
}

/** Whether a page is one that only the customer sees. As the service does it for the common forms: host and path, with stars. */
export function isPaused(url: string, pauses: readonly PageRule[]): boolean {
  const [address = '', query = ''] = url.replace(/^[a-z]+:\/\//i, '').replace(/#.*/, '').split('?');
  const [host = '', ...path] = address.split('/');
  const page = `${host.replace(/:\d+$/, '')}/${path.join('/')}`.toLowerCase();
  return pauses.some((p) => {
    const pattern = p.url.replace(/^[a-z*]+:\/\//i, '').toLowerCase();
    const whole = new RegExp(`^${(pattern.includes('/') ? pattern : `${pattern}/*`).split('*').map(escaped).join('.*')}$`);
    return whole.test(pattern.includes('?') ? `${page}?${query}` : page);
  });
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

export function wordsIn(text: string): string[] { return text.split(/[\s,;]+/).filter(Boolean); }

/** Numbers in a text. A larger one than the service could mean anything by is the largest. */
export function numbersIn(text: string): number[] { return (text.match(/\d+/g) ?? []).map((n) => Math.min(Number(n), 99_999)); }

export interface Health { rule: string; host: string; sessions: number; pages: number; matched: number; missed: number; matchedAt: string | null }

/** So many sessions without a match, and the site has probably changed. */
const missedTooOften = 5;

type Wellness = { kind: 'unseen' } | { kind: 'well'; at: string } | { kind: 'lost'; sessions: number } | { kind: 'waiting'; sessions: number };

/** How a rule does: it is lost when it found nothing for several sessions on every host where it counted. */
export function wellness(id: string, health: readonly Health[]): Wellness {
  const mine = health.filter((h) => h.rule === id);
  if (mine.length === 0) return { kind: 'unseen' };
  const missed = Math.min(...mine.map((h) => h.missed));
  const last = mine.map((h) => h.matchedAt ?? '').sort().at(-1) ?? '';
  if (missed >= missedTooOften) return { kind: 'lost', sessions: missed };
  return last ? { kind: 'well', at: last } : { kind: 'waiting', sessions: missed };
}

export function siteMatches(site: string, host: string): boolean {
  if (!site) return true;
  return site.startsWith('*.') ? host === site.slice(2) || host.endsWith(site.slice(1)) : host === site;
}

/** Whether this browser understands a selector. The service's parser cannot know every pseudo class, and a rule with one that no browser
 * knows would keep every page from agents. */
export function understood(selector: string): boolean {
  try {
    document.createDocumentFragment().querySelector(selector);
    return true;
  } catch {
    return false;
  }
}

export interface Outline { host: string; html: string }

/** How many things a rule would match on a page that is kept without its content; null where it cannot be told from the shape. Every
 * draw of a section asks this for each rule and page, so a page is parsed once and a question about it answered once. */
export function countIn(documents: readonly Outline[], site: string, selector: string): number | null {
  if (/\[(aria-label|placeholder|title|alt|href|src|for|value)\b/.test(selector)) return null;
  const { parts, counts } = read(documents);
  const question = `${site} ${selector}`;
  let n = counts.get(question);
  if (n === undefined) {
    n = count(parts.filter(({ host }) => siteMatches(site, host)).flatMap((p) => p.trees), selector);
    counts.set(question, n);
  }
  return n;
}

interface Page { parts: { host: string; trees: ParentNode[] }[]; counts: Map<string, number | null> }
const pages = new WeakMap<readonly Outline[], Page>();

function read(documents: readonly Outline[]): Page {
  let page = pages.get(documents);
  if (!page) {
    const parser = new DOMParser();
    page = { parts: documents.map(({ host, html }) => ({ host, trees: trees(parser.parseFromString(html, 'text/html')) })), counts: new Map() };
    pages.set(documents, page);
  }
  return page;
}

function count(trees: readonly ParentNode[], selector: string): number | null {
  try {
    return trees.reduce((sum, tree) => sum + tree.querySelectorAll(selector).length, 0);
  } catch {
    return null;
  }
}

/** The document and the shadow trees in it, which rules look into one by one. */
function trees(root: ParentNode): ParentNode[] {
  return [root, ...[...root.querySelectorAll('template')].flatMap((t) => trees(t.content))];
}
