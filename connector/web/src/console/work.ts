// What an administrator works on: the published rules, a draft on top of them, and what the service says about both. The draft
// outlives a reload of the tab.
import type { Company } from '../live';
import { asProblem, Problem } from '../http';
import { SignIn } from '../signin/entra';
import { ConsoleAPI, entraOpen, open, type Opened, type Letter, type Reason, type Rules, type Said, type Shape, type Suggestion, type Version } from './api';
import { changes, rebase, withEntry, type Change, type Entry, type GuardRule, type Health, type MaskRule, type Policy } from './policy';

interface Kept { token: string; company: Company; name: string }

/** The lists whose rules can be made by pointing. */
type Pointed = 'masks' | 'guards';

const tokenKey = 'cobrowse.console';

export class Work {
  phase: 'opening' | 'closed' | 'open' = 'opening';
  problem: Problem | null = null;
  /** Said once, until the next thing is said. */
  notice: { kind: 'published' | 'conflict' | 'restored' | 'approved' | 'rejected' | 'replayed' | 'dismissed' | 'failed'; version?: number; problem?: Problem } | null = null;
  company: Company | null = null;
  name = '';
  api!: ConsoleAPI;
  private entra: SignIn | undefined;
  rules!: Rules;
  draft!: Policy;
  /** The entry that the service refused, of the rules as they were sent, and why. */
  refused: { field: string; sent: Policy; problem: Problem } | null = null;
  versions: Version[] = [];
  suggestions: Suggestion[] = [];
  health: Health[] = [];
  deliveries: Letter[] = [];
  shapes: Shape[] = [];
  /** What the versions that were looked at say; that never changes. */
  said = new Map<number, Said>();
  busy = false;
  /** The rule that is being pointed at again, as it finds nothing any more. */
  again: { list: Pointed; rule: MaskRule | GuardRule } | null = null;
  /** Told of every draft: the editor's preview follows it. */
  onDraft: (draft: Policy) => void = () => undefined;

  constructor(private readonly changed: () => void) {
    addEventListener('beforeunload', (e) => {
      if (this.phase === 'open' && this.changes().length > 0) e.preventDefault();
    });
  }

  start(): Promise<void> { return this.enter(() => this.signIn()); }

  private async enter(signIn: () => Promise<Kept>): Promise<void> {
    try {
      const kept = await signIn();
      this.company = kept.company;
      this.name = kept.name;
      this.api = new ConsoleAPI(kept.token);
      await this.load();
      this.phase = 'open';
    } catch (e) {
      this.phase = 'closed';
      this.problem = asProblem(e);
      if (this.problem.status === 401) sessionStorage.removeItem(tokenKey);
    }
    this.changed();
  }

  private async signIn(): Promise<Kept> {
    const words = new URLSearchParams(location.hash.slice(1));
    const launch = words.get('launch'), link = words.get('link');
    if (launch || link) {
      history.replaceState(null, '', location.pathname + location.search);
      return this.keep(await open(launch ? { launch } : { link: link! }));
    }
    const kept = sessionStorage.getItem(tokenKey);
    return kept ? JSON.parse(kept) as Kept : this.withEntra((entra) => entra.silently());
  }

  /** Asks the administrator who they are, in a window. */
  async signInBy(another: boolean): Promise<void> {
    await this.enter(() => this.withEntra((entra) => entra.byWindow(another)));
  }

  /** Where the address names a company that signs its people in with Entra ID. */
  private async withEntra(ask: (entra: SignIn) => Promise<string>): Promise<Kept> {
    const company = new URLSearchParams(location.search).get('company');
    if (company) this.entra ??= await SignIn.of(company);
    if (!company || !this.entra) throw new Problem('signed_out');
    return this.keep(await entraOpen(company, await ask(this.entra)));
  }

  private keep(opened: Opened): Kept {
    const kept = { token: opened.token, company: opened.company, name: opened.administrator.name };
    sessionStorage.setItem(tokenKey, JSON.stringify(kept));
    return kept;
  }

  /** Signs out here and at the service. What is not published goes too: somebody else may come to this tab. */
  async signOut(): Promise<void> {
    try {
      await this.api.signOut();
    } catch (e) {
      const problem = asProblem(e);
      if (problem.status !== 401) { // else it was so already
        this.notice = { kind: 'failed', problem };
        this.changed();
        return;
      }
    }
    sessionStorage.removeItem(this.draftKey);
    sessionStorage.removeItem(tokenKey);
    this.phase = 'closed';
    location.reload();
  }

  private async load(): Promise<void> {
    this.rules = await this.api.rules();
    this.draft = this.rules.policy;
    const kept = sessionStorage.getItem(this.draftKey);
    if (kept) {
      const older = JSON.parse(kept) as { version: number; base: Policy; draft: Policy };
      const { version } = older; // of the rules; what that console did not know yet is as it is published
      const [base, draft] = [older.base, older.draft].map((p) => ({ ...this.rules.policy, ...p })) as [Policy, Policy];
      this.draft = version === this.rules.version ? draft : rebase(base, draft, this.rules.policy, this.kinds);
    }
    await this.readAll();
  }

  /** What changes by itself, while sessions run. */
  async poll(): Promise<void> {
    await this.readNews();
    this.changed();
  }

  /** That, and what administrators change. */
  async refresh(): Promise<void> {
    await this.readAll();
    this.changed();
  }

  private async readNews(): Promise<void> {
    [this.suggestions, this.health, this.deliveries] = await Promise.all([this.api.suggestions(), this.api.health(), this.api.deliveries()]);
  }

  private async readAll(): Promise<void> {
    [this.versions, this.shapes] = await Promise.all([this.api.versions(), this.api.shapes(), this.readNews()]);
  }

  /** The kinds of data that there are. */
  get kinds(): string[] { return this.rules.defaults.pii ?? []; }

  changes(): Change[] { return changes(this.rules.policy, this.draft, this.kinds); }

  edit(change: Partial<Policy>): void {
    this.draft = { ...this.draft, ...change };
    this.refused = null;
    this.notice = null;
    this.keepDraft();
    this.onDraft(this.draft);
    this.changed();
  }

  /** Takes the administrator to where they point; null is for a new rule. */
  point(again: Work['again']): void {
    this.again = again;
    this.changed();
    location.hash = 'editor';
  }

  /** Puts what was pointed out into the draft: in the place of the rule that was to be pointed at again, whatever that one did. */
  place(list: Pointed, rule: MaskRule | GuardRule): void {
    const made = { ...rule, id: this.again?.rule.id ?? rule.id };
    const other = list === 'masks' ? 'guards' : 'masks';
    this.again = null;
    this.edit({ [list]: withEntry<Entry>(this.draft[list], made), [other]: (this.draft[other] as Entry[]).filter((e) => e.id !== made.id) });
  }

  discard(): void { this.edit(this.rules.policy); }

  /** One company's draft must never end up in another's rules. */
  private get draftKey(): string { return `${tokenKey}.draft.${this.company?.slug}`; }

  private keepDraft(): void {
    if (this.changes().length === 0) sessionStorage.removeItem(this.draftKey);
    else sessionStorage.setItem(this.draftKey, JSON.stringify({ version: this.rules.version, base: this.rules.policy, draft: this.draft }));
  }

  /** People go on editing while something is on its way: what counts as published is what was sent. */
  publish(): Promise<void> {
    const sent = this.draft;
    return this.doing(async () => {
      const { version } = await this.api.publish(this.rules.version, sent);
      this.rules = { ...this.rules, version, policy: sent };
      this.notice = { kind: 'published', version };
    }, sent);
  }

  restore(version: number): Promise<void> {
    return this.doing(async () => {
      await this.api.restore(this.rules.version, version);
      await this.takeRules();
      this.notice = { kind: 'restored', version };
    });
  }

  decide(s: Suggestion, decision: 'approve' | 'reject', site = s.rule.site ?? ''): Promise<void> {
    return this.doing(async () => {
      await this.api.decide(s.id, decision, { site, selector: s.rule.selector });
      await this.takeRules();
      this.notice = { kind: decision === 'approve' ? 'approved' : 'rejected' };
    });
  }

  /** Without a session: everything that was given up. */
  replay(session?: string): Promise<void> {
    return this.doing(async () => {
      await this.api.replay(session);
      this.notice = { kind: 'replayed' };
    });
  }

  dismiss(session: string, reason: Reason): Promise<void> {
    return this.doing(async () => {
      await this.api.dismiss(session, reason);
      this.notice = { kind: 'dismissed' };
    });
  }

  async look(version: number): Promise<void> {
    if (this.said.has(version)) return;
    try {
      this.said.set(version, await this.api.version(version));
    } catch (e) {
      this.notice = { kind: 'failed', problem: asProblem(e) };
    }
    this.changed();
  }

  dropShape(id: string): Promise<void> { return this.doing(async () => { await this.api.dropShape(id); }); }

  /** Takes over what is published now and puts one's own changes on top. */
  private async takeRules(): Promise<void> {
    const rules = await this.api.rules();
    this.draft = rebase(this.rules.policy, this.draft, rules.policy, this.kinds);
    this.rules = rules;
    this.onDraft(this.draft);
  }

  /** What came of it is shown together with buttons that take the next press: whoever reads it may press at once. */
  private async doing(what: () => Promise<void>, sent?: Policy): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.notice = null;
    this.refused = null;
    this.changed();
    try {
      await what();
      await this.readAll();
    } catch (e) {
      await this.failed(asProblem(e), sent);
    }
    this.busy = false;
    this.keepDraft();
    this.changed();
  }

  private async failed(problem: Problem, sent?: Policy): Promise<void> {
    if (problem.reason === 'policy_changed') {
      await this.takeRules().catch(() => undefined);
      await this.readAll().catch(() => undefined);
      this.notice = { kind: 'conflict', version: this.rules.version };
      return;
    }
    if (problem.field && sent) this.refused = { field: problem.field, sent, problem };
    this.notice = { kind: 'failed', problem };
  }
}
