import { asProblem, Problem } from '../http';
import { SignIn } from '../signin/entra';
import { isOfSignIn } from '../signin/texts';
import { AgentAPI, entraLaunch, launch, type Context } from './api';
import { DeskLink, newNonce } from './desklink';
import { forgetConversation, readStart, remember, rememberConversation, remembered } from './memory';
import { pinLength } from './model';
import { AgentSession } from './session';
import type { Language } from './texts';
import type { Outcome } from '../live';

type Phase =
  | { kind: 'launching' }
  | { kind: 'failed'; problem: Problem }
  | { kind: 'signin'; reason: string }
  | { kind: 'launcher' }
  | { kind: 'session'; session: AgentSession }
  | { kind: 'ended'; session: AgentSession };

/** An invitation by link: its address, and where the desk has put it (undefined: not known, or not yet). */
interface Invitation { url: string; sent: false | 'sent' | 'box' | undefined }

/** The widget's own state and everything that it does. Components read it and call it; `changed` draws them anew. */
export class Controller {
  phase: Phase = { kind: 'launching' };
  context: Context | undefined;
  invitation: Invitation | undefined;
  problem: Problem | undefined;
  busy: '' | 'link' | 'pin' | 'join' | 'outcome' | 'case' = '';
  full = false;
  savedOutcome: Outcome | '' = '';
  desk: DeskLink | undefined;
  private api: AgentAPI | undefined;
  private toldLive = false;
  private entra: SignIn | undefined;
  private toldPrivately: boolean | null = null;

  constructor(private readonly language: Language, private readonly changed: () => void) {}

  async start(): Promise<void> {
    this.set({ kind: 'launching' });
    await this.begin(() => this.enter());
  }

  /** Asks the agent who they are, in a window. */
  signIn(another: boolean): Promise<void> {
    return this.begin(() => this.enterWithEntra((entra) => entra.byWindow(another)));
  }

  private async begin(enter: () => Promise<Context>): Promise<void> {
    try {
      this.context = await enter();
    } catch (e) {
      const problem = asProblem(e);
      this.set(isOfSignIn(problem.reason) ? { kind: 'signin', reason: problem.reason } : { kind: 'failed', problem });
      return;
    }
    this.greetDesk(this.context.deskOrigin);
    const open = this.context.session;
    if (!open || open.state === 'ended' || open.state === 'failed') {
      this.set({ kind: 'launcher' });
      return;
    }
    if (open.state === 'requested' && this.context.channel === 'chat') await this.recallInvitation();
    await this.join(open.id);
  }

  /** Chat: makes the link and lets the desk send it. */
  async sendLink(): Promise<void> {
    await this.doing('link', async (api) => {
      const { session, joinUrl } = await api.invite();
      this.invitation = { url: joinUrl, sent: undefined };
      await this.join(session.id);
      const text = this.language.t('launcher.chatMessage', { agent: this.context?.agent.name ?? '', url: joinUrl });
      const sent = await (this.desk?.sendMessage(text) ?? Promise.resolve(false as const));
      this.invitation = { url: joinUrl, sent };
    });
  }

  async claim(pin: string): Promise<void> {
    if (pin.length < pinLength) {
      this.problem = new Problem('pin_short');
      this.changed();
      return;
    }
    await this.doing('pin', async (api) => {
      const { session } = await api.claim(pin);
      this.invitation = undefined;
      await this.join(session.id);
    });
  }

  /** Takes the session back from the other place in which it was opened. */
  async goOnHere(id: string): Promise<void> {
    await this.doing('join', () => this.join(id));
  }

  /** Enters the session, or comes back into it. */
  async join(id: string): Promise<void> {
    if (!this.api) return;
    this.leaveSession();
    try {
      const { token } = await this.api.join(id);
      const session = new AgentSession(id, { stage: this.language.t('live.stage'), takeCopy: this.language.t('live.takeCopy'), t: this.language.t, role: (role) => this.language.t(`role.${role}`) }, () => this.follow(session));
      this.toldLive = false;
      this.toldPrivately = null;
      this.savedOutcome = '';
      this.set({ kind: 'session', session });
      await session.open(token);
    } catch (e) {
      this.problem = asProblem(e);
      this.set({ kind: 'launcher' });
    }
  }

  async saveOutcome(session: AgentSession, outcome: Outcome, note: string): Promise<void> {
    await this.doing('outcome', async (api) => {
      await api.outcome(session.id, outcome, note);
      this.savedOutcome = outcome;
    });
  }

  /** Whether the agent can give the conversation the case that it lacks. */
  get lacksCase(): boolean {
    return !this.context?.case.id && (this.desk?.can('case') ?? false);
  }

  /** Has the desk link a case, and reads again what the conversation is about. Gives the reason when that failed. */
  async takeCase(link: (desk: DeskLink) => Promise<boolean>): Promise<string> {
    if (!this.api || !this.desk || this.busy) return '';
    this.busy = 'case';
    this.changed();
    try {
      if (!await link(this.desk)) return 'case_not_linked';
      this.context = await this.api.refresh();
      return '';
    } catch (e) {
      return asProblem(e).reason;
    } finally {
      this.busy = '';
      this.changed();
    }
  }

  expand(full: boolean): void {
    this.full = full;
    this.desk?.expand(full);
    this.changed();
  }

  backToLauncher(): void {
    this.leaveSession();
    this.invitation = undefined;
    this.problem = undefined;
    this.set({ kind: 'launcher' });
  }

  clearProblem(): void {
    this.problem = undefined;
    this.changed();
  }

  private async enter(): Promise<Context> {
    const start = readStart(location.hash);
    const known = remembered(start);
    if (known) {
      this.api = new AgentAPI(known);
      try {
        return await this.api.context();
      } catch (e) {
        if (!start.conversation || asProblem(e).status !== 401) throw e;
        forgetConversation(start.conversation); // it has ended; whoever signed in may do so again
      }
    }
    if (start.conversation) return this.enterWithEntra((entra) => entra.silently());
    if (!start.launch) throw new Problem('no_launch');
    const { token, ...context } = await launch(start.launch);
    remember(newNonce(), token, start.launch);
    this.api = new AgentAPI(token);
    return context;
  }

  private async enterWithEntra(token: (entra: SignIn) => Promise<string>): Promise<Context> {
    const { conversation, origin } = readStart(location.hash);
    const company = new URLSearchParams(location.search).get('company') ?? '';
    this.entra ??= await SignIn.of(company);
    if (!this.entra) throw new Problem('entra_off');
    const { token: own, ...context } = await entraLaunch(company, await token(this.entra), conversation, origin);
    rememberConversation(conversation, own);
    this.api = new AgentAPI(own);
    return context;
  }

  private greetDesk(deskOrigin: string): void {
    if (window.parent === window) return;
    const origin = isOwnPage(window.parent) ? location.origin : deskOrigin;
    const desk = new DeskLink(window.parent, origin, newNonce(), () => this.heard());
    window.addEventListener('message', (e) => desk.receive(e));
    this.desk = desk;
    desk.ready();
  }

  /** What the desk can do may be known only when the session is under way: then it hears now what it would have heard before. */
  private heard(): void {
    if (this.phase.kind === 'session') this.follow(this.phase.session);
    else this.changed();
  }

  private async recallInvitation(): Promise<void> {
    const open = await this.api?.invite().catch(() => undefined);
    if (open) this.invitation = { url: open.joinUrl, sent: undefined };
  }

  /** Called at every change of a session: moves the phase on and tells the desk. */
  private follow(session: AgentSession): void {
    if (this.phase.kind === 'session' && this.phase.session === session) {
      const { state } = session.model;
      if (!this.toldLive && (state === 'live' || state === 'paused')) {
        this.toldLive = true;
        this.desk?.live();
      }
      this.tellPrivately(session.status.kind === 'closed' ? false : session.model.typingPrivately);
      const over = session.status.kind === 'closed' && session.status.why === 'over';
      if (session.model.ended || over) {
        this.close(session);
        return;
      }
      if (session.status.kind === 'closed' && session.status.why !== 'elsewhere') {
        this.problem = new Problem(session.status.why === 'denied' ? 'denied' : 'session_gone');
        this.backFromLost();
        return;
      }
    }
    this.changed();
  }

  /**
   * The recording of a call is the desk's: it pauses it while the customer may say what they type. What is not known (null) is not told, and what is
   * known first always: a frame before this one may have left the recording paused.
   */
  private tellPrivately(on: boolean | null): void {
    if (on === null || on === this.toldPrivately || this.context?.channel !== 'voice' || !this.desk?.can('recording')) return;
    this.toldPrivately = on;
    this.desk.privately(on);
  }

  private close(session: AgentSession): void {
    session.close();
    this.desk?.ended();
    if (this.full) this.expand(false);
    this.set({ kind: 'ended', session });
  }

  private backFromLost(): void {
    this.leaveSession();
    this.desk?.ended();
    if (this.full) this.expand(false);
    this.set({ kind: 'launcher' });
  }

  private leaveSession(): void {
    if (this.phase.kind === 'session' || this.phase.kind === 'ended') this.phase.session.close();
  }

  private async doing(what: Exclude<Controller['busy'], '' | 'case'>, act: (api: AgentAPI) => Promise<void>): Promise<void> {
    if (!this.api || this.busy) return;
    this.busy = what;
    this.problem = undefined;
    this.changed();
    try {
      await act(this.api);
    } catch (e) {
      this.problem = asProblem(e);
    } finally {
      this.busy = '';
      this.changed();
    }
  }

  private set(phase: Phase): void {
    this.phase = phase;
    this.changed();
  }
}

/** Whether a window shows a page of the service's own, which stands between this one and the desk. */
function isOwnPage(w: Window): boolean {
  try {
    return w.location.origin === location.origin;
  } catch {
    return false;
  }
}
