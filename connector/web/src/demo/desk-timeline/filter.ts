// What stands on a case, and what of it a supervisor wants to see.
import type { Key, T } from '../texts';

export interface Entry {
  id: string; kind: 'activity' | 'note'; activity?: string; subject: string; author: string; at: string; status?: string;
  html?: string; fields?: { label: 'duration' | 'outcome'; value: string }[]; link?: string;
  file?: { id: string; name: string; type: string; size: number };
}

/** What people filter by, as words of the catalogue but for the author. Entries without a value, as notes have no status, fit no choice of it. */
const valueOf = {
  record: (e: Entry) => e.kind,
  activity: (e: Entry) => e.kind === 'note' ? undefined : kindOf(e),
  status: (e: Entry) => e.status && (closed.includes(e.status) ? 'closed' : 'active'),
  reason: (e: Entry) => e.status,
  author: (e: Entry) => e.author,
  attachment: (e: Entry) => e.file && 'file',
} satisfies Record<string, (e: Entry) => string | undefined>;

const closed = ['Completed', 'Canceled'];

export type Facet = keyof typeof valueOf;
export const facets = Object.keys(valueOf) as Facet[];

/** How far back the last change may lie, in hours. */
export const ages = [[24, 'age.day'], [7 * 24, 'age.week'], [30 * 24, 'age.month']] as const;

export interface Wanted { chosen: Partial<Record<Facet, string[]>>; hours: number; words: string; oldestFirst: boolean }

export const everything: Wanted = { chosen: {}, hours: 0, words: '', oldestFirst: false };

export function isFiltered(w: Wanted): boolean {
  return w.hours > 0 || Object.values(w.chosen).some((values) => values.length > 0);
}

/** The wanted entries in their order. */
export function shown(entries: Entry[], w: Wanted, now: number, t: T): Entry[] {
  const words = w.words.trim().toLocaleLowerCase();
  return entries
    .filter((e) => facets.every((f) => fits(e, f, w.chosen[f] ?? [])))
    .filter((e) => w.hours === 0 || now - Date.parse(e.at) <= w.hours * 3_600_000)
    .filter((e) => words === '' || textOf(e, t).includes(words))
    .sort((a, b) => (Date.parse(b.at) - Date.parse(a.at)) * (w.oldestFirst ? -1 : 1));
}

function fits(e: Entry, facet: Facet, chosen: string[]): boolean {
  const value = valueOf[facet](e);
  return chosen.length === 0 || (value !== undefined && chosen.includes(value));
}

/** The values of a facet that occur, with how often. */
export function values(entries: Entry[], facet: Facet): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of entries.map(valueOf[facet])) {
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts];
}

/** What people read for a value. */
export function said(facet: Facet, value: string, t: T): string {
  switch (facet) {
    case 'author': return value || t('system');
    case 'activity': return t(`kind.${value}` as Key);
    case 'reason': return t(`reason.${value}` as Key);
    default: return t(`value.${value}` as Key);
  }
}

/** Chooses a value of a facet, or no longer. */
export function toggled(w: Wanted, facet: Facet, value: string): Wanted {
  const before = w.chosen[facet] ?? [];
  const after = before.includes(value) ? before.filter((v) => v !== value) : [...before, value];
  return { ...w, chosen: { ...w.chosen, [facet]: after } };
}

/** Entries by day, in the order they come. */
export function byDay(entries: Entry[]): [string, Entry[]][] {
  const days = new Map<string, Entry[]>();
  for (const e of entries) {
    const day = new Date(e.at).toDateString();
    days.set(day, [...days.get(day) ?? [], e]);
  }
  return [...days];
}

export function kindOf(e: Entry): 'note' | 'phonecall' | 'task' | 'session' {
  if (e.kind === 'note') return 'note';
  return e.activity === 'phonecall' || e.activity === 'task' ? e.activity : 'session';
}

/** A session that is open is going on; other activities wait for somebody. */
export function statusOf(e: Entry): string | undefined {
  return e.status === 'Open' && kindOf(e) === 'session' ? 'goesOn' : e.status;
}

/** All that a card says, for searching. */
function textOf(e: Entry, t: T): string {
  const status = statusOf(e);
  const fields = (e.fields ?? []).map((f) => `${t(`field.${f.label}`)} ${f.value}`);
  return [t(`kind.${kindOf(e)}`), e.subject, e.author, status && t(`reason.${status}` as Key), e.html?.replace(/<[^>]*>/g, ' '), ...fields, e.file?.name].join(' ').toLocaleLowerCase();
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kilo = bytes / 1024;
  return kilo < 1024 ? `${Math.round(kilo)} KB` : `${(kilo / 1024).toFixed(1)} MB`;
}
