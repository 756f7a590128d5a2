// What an administrator works on: the published rules, a draft on top of them, and what the service says about both. The draft
// outlives a reload of the tab.
import type { Company } from '../live';
import { ConsoleAPI, open, Problem, type Rules, type Shape, type Suggestion, type Version } from './api';
import { changes, rebase, type Change, type Health, type Policy } from './policy';

interface Kept { token: string; company: Company; name: string }

const tokenKey = 'cobrowse.console';

export class Work {
  phase: 'opening' | 'closed' | 'open' = 'opening';
  problem: Problem | null = null;
  /** Said once, until the next thing is said. */
  notice: { kind: 'published' | 'conflict' | 'restored' | 'approved' | 'rejected' | 'failed'; version?: number; problem?: Problem } | null = null;
  company: Company | null = null;
  name = '';
  api!: ConsoleAPI;
  rules!: Rules;
  draft!: Policy;
  /** The entry that the service refused, and why. */
  refused: { field: string; problem: Problem } | null = null;
  versions: Version[] = [];
  suggestions: Suggestion[] = [];
  health: Health[] = [];
  shapes: Shape[] = [];
  busy = false;
  /** Told of every draft: the editor's preview follows it. */
  onDraft: (draft: Policy) => void = () => undefined;

  constructor(private readonly changed: () => void) {
    addEventListener('beforeunload', (e) => {
      if (this.phase === 'open' && this.changes().length > 0) e.preventDefault();
    });
  }

  async start(): Promise<void> {
    try {
      const kept = await this.signIn();
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
      history.replaceState(null, '', location.pathname);
      const opened = await open(launch ? { launch } : { link: link! });
      const kept = { token: opened.token, company: opened.company, name: opened.administrator.name };
      sessionStorage.setItem(tokenKey, JSON.stringify(kept));
      return kept;
    }
    const kept = sessionStorage.getItem(tokenKey);
    if (!kept) throw new Problem('signed_out', 0, '', '');
    return JSON.parse(kept) as Kept;
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
      const { version, base, draft } = JSON.parse(kept) as { version: number; base: Policy; draft: Policy };
      this.draft = version === this.rules.version ? draft : rebase(base, draft, this.rules.policy);
    }
    await this.refresh();
  }

  /** What changes by itself: suggestions, health, versions, kept pages. */
  async refresh(): Promise<void> {
    [this.versions, this.suggestions, this.health, this.shapes] = await Promise.all([
      this.api.versions(), this.api.suggestions(), this.api.health(), this.api.shapes()]);
    this.changed();
  }

  changes(): Change[] { return changes(this.rules.policy, this.draft); }

  edit(change: Partial<Policy>): void {
    this.draft = { ...this.draft, ...change };
    this.refused = null;
    this.notice = null;
    this.keepDraft();
    this.onDraft(this.draft);
    this.changed();
  }

  discard(): void { this.edit(this.rules.policy); }

  /** One company's draft must never end up in another's rules. */
  private get draftKey(): string { return `${tokenKey}.draft.${this.company?.slug}`; }

  private keepDraft(): void {
    if (this.changes().length === 0) sessionStorage.removeItem(this.draftKey);
    else sessionStorage.setItem(this.draftKey, JSON.stringify({ version: this.rules.version, base: this.rules.policy, draft: this.draft }));
  }

  async publish(): Promise<void> {
    await this.doing(async () => {
      const { version } = await this.api.publish(this.rules.version, this.draft);
      this.rules = { ...this.rules, version, policy: this.draft };
      this.notice = { kind: 'published', version };
    });
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

  dropShape(id: string): Promise<void> { return this.doing(async () => { await this.api.dropShape(id); }); }

  /** Takes over what is published now and puts one's own changes on top. */
  private async takeRules(): Promise<void> {
    const mine = { base: this.rules.policy, draft: this.draft };
    this.rules = await this.api.rules();
    this.draft = rebase(mine.base, mine.draft, this.rules.policy);
    this.onDraft(this.draft);
  }

  private async doing(what: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.notice = null;
    this.refused = null;
    this.changed();
    try {
      await what();
      await this.refresh();
    } catch (e) {
      await this.failed(asProblem(e));
    }
    this.busy = false;
    this.keepDraft();
    this.changed();
  }

  private async failed(problem: Problem): Promise<void> {
    if (problem.reason === 'policy_changed') {
      await this.takeRules().catch(() => undefined);
      await this.refresh().catch(() => undefined);
      this.notice = { kind: 'conflict', version: this.rules.version };
      return;
    }
    if (problem.field) this.refused = { field: problem.field, problem };
    this.notice = { kind: 'failed', problem };
  }
}

export function asProblem(e: unknown): Problem {
  return e instanceof Problem ? e : new Problem('internal', 0, '', '');
}
