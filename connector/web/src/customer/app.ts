// The customer's way through a session: what is on the screen follows the session's state, which the service tells.
import { connect, liveURL, supportedCodecs, type Company, type Live, type LiveStatus, type Participant, type ServerMessage, type State } from '../live';
import { filesOf } from '../live/files';
import type { Language } from '../i18n';
import { asProblem, Problem } from '../http';
import { brandColors } from '../ui/colour';
import { h } from '../ui/dom';
import { keepAwake } from './awake';
import { LiveScreen } from './livescreen';
import type { Memory } from './memory';
import * as screens from './screens';
import { thisDevice, viewportFor } from './viewport';

interface Admitted { token: string; pin?: string; expiresAt?: number }

interface AppOptions {
  language: Language;
  company: Company;
  memory: Memory;
  /** The join page can start over; a chat link cannot. */
  again?: () => void;
}

/** Messages that hold until the next of their type, in the order in which a screen wants them. */
const lasting: ServerMessage['type'][] = ['welcome', 'participants', 'state', 'viewport', 'tabs', 'picture', 'layer', 'focus', 'quality'];

const barHeight = { phone: 88, desktop: 48 };

export class App {
  private shown: screens.Shown | undefined;
  private screen = '';
  private live: Live | undefined;
  private liveScreen: LiveScreen | undefined;
  private admitted: Admitted | undefined;
  private state: State = 'requested';
  private agentName = '';
  private recordingPossible = false;
  /** The answer, given before the browser was ready to take it. */
  private granted: { recording: boolean } | undefined;
  /** They said no. What the service says until it has heard that, shows nothing any more. */
  private declined = false;
  /** What the live screen, made later, needs to know. */
  private readonly latest = new Map<ServerMessage['type'], ServerMessage>();
  private letSleep: (() => void) | undefined;
  private readonly lost = h('p', { class: 'lost', role: 'status' });

  constructor(private readonly options: AppOptions) {
    brand(options);
  }

  /** Connects with the customer's token; from then on the service leads. */
  enter(admitted: Admitted): void {
    this.live?.close();
    this.lost.textContent = '';
    this.granted = undefined;
    this.declined = false;
    this.admitted = admitted;
    this.options.memory.save({ ...admitted, company: this.options.company.slug });
    this.show('working', () => screens.workingScreen(this.t));
    void this.connect(admitted.token);
  }

  start(canContinue: boolean, begin: () => void, goOn: () => void): void {
    this.show('start', () => screens.startScreen(this.t, this.options.company, canContinue, begin, goOn));
  }

  working(): void {
    this.show('working', () => screens.workingScreen(this.t));
  }

  problem(error: unknown, retry?: () => void): void {
    this.show('problem', () => problemScreen(this.options.language, error, retry));
  }

  private get t() { return this.options.language.t; }

  private async connect(token: string): Promise<void> {
    const codecs = await supportedCodecs();
    this.live = connect({
      url: liveURL(), token, codecs, viewport: () => this.viewport(),
      onMessage: (m) => this.handle(m),
      onPicture: (frame) => this.liveScreen?.picture(frame),
      onSound: (frame) => this.liveScreen?.sound(frame),
      onStatus: (s) => this.connection(s),
    });
  }

  private viewport() {
    const device = thisDevice();
    const bar = device === 'phone' ? barHeight.phone : barHeight.desktop;
    return viewportFor({ width: innerWidth, height: innerHeight - bar }, device, devicePixelRatio);
  }

  private connection(status: LiveStatus): void {
    this.liveScreen?.setConnected(status.kind === 'open');
    if (status.kind === 'open' || status.kind === 'closed') this.lost.textContent = '';
    if (status.kind === 'retrying') this.lost.textContent = this.t('live.reconnecting');
    if (status.kind !== 'closed') return;
    if (status.why === 'elsewhere') {
      this.leaveLive();
      this.show('elsewhere', () => screens.elsewhereScreen(this.t, () => this.admitted && this.enter(this.admitted)));
    } else if (this.screen !== 'ended') {
      this.options.memory.forget();
      this.leaveLive();
      this.problem(new Problem('session_gone'), this.options.again);
    }
  }

  private handle(message: ServerMessage): void {
    if (this.declined) return;
    if (message.type === 'welcome') this.latest.clear();
    if (lasting.includes(message.type)) this.latest.set(message.type, message);
    switch (message.type) {
      case 'welcome':
        this.recordingPossible = message.recording.possible;
        this.agentName = agentIn(message.participants) || message.agentName || this.agentName;
        this.enterState(message.state);
        break;
      case 'participants':
        this.agentName = agentIn(message.participants) || this.agentName;
        this.enterState(this.state);
        break;
      case 'state':
        this.agentName = message.agentName || this.agentName;
        this.recordingPossible = message.recording.possible;
        this.enterState(message.state);
        break;
      case 'ended':
        this.ended(message.seconds, message.reason);
        return;
    }
    this.liveScreen?.handle(message);
  }

  private enterState(state: State): void {
    this.state = state;
    if (state === 'requested') this.showWaiting();
    else if (state === 'provisioning' || state === 'waiting') this.showConsent();
    else if (state === 'live' || state === 'paused') this.showLive();
  }

  private showWaiting(): void {
    const { pin, expiresAt } = this.admitted ?? {};
    const again = this.options.again;
    if (!pin || !expiresAt || !again) this.show('wait', () => screens.waitScreen(this.t));
    else this.show('pin', () => screens.pinScreen(this.t, pin, () => expiresAt - Date.now(), () => this.renew(again)));
  }

  private renew(again: () => void): void {
    this.live?.close();
    this.options.memory.forget();
    again();
  }

  private showConsent(): void {
    if (this.granted) {
      this.answerWhenReady();
      return;
    }
    this.show(`consent ${this.agentName}`, () => screens.consentScreen(this.t, {
      company: this.options.company, agentName: this.agentName, language: this.options.language.tag, recordingPossible: this.recordingPossible,
      answer: (granted, recording) => this.answer(granted, recording),
    }));
  }

  private answer(granted: boolean, recording: boolean): void {
    if (!granted) {
      this.declined = true;
      this.live?.insist({ type: 'consent', granted: false, recording: false });
      this.ended(0, 'declined');
      return;
    }
    this.granted = { recording };
    this.answerWhenReady();
  }

  private answerWhenReady(): void {
    if (this.state === 'waiting' && this.granted) this.live?.send({ type: 'consent', granted: true, ...this.granted });
  }

  private showLive(): void {
    if (this.liveScreen || !this.live || !this.admitted) return;
    this.liveScreen = new LiveScreen(this.t, this.live, filesOf(this.admitted.token));
    this.replace('live', this.liveScreen.element);
    for (const type of lasting) {
      const before = this.latest.get(type);
      if (before) this.liveScreen.handle(before);
    }
    if (this.latest.has('picture')) this.live.send({ type: 'keyframe' }); // the one that came before there was a screen is gone
    this.liveScreen.opened();
    this.letSleep = keepAwake();
  }

  private leaveLive(): void {
    this.liveScreen?.close();
    this.liveScreen = undefined;
    document.body.classList.remove('is-live');
    this.letSleep?.();
    this.letSleep = undefined;
  }

  private ended(seconds: number, reason: string): void {
    this.latest.clear();
    this.options.memory.forget();
    this.leaveLive();
    this.show('ended', () => screens.endedScreen(this.t, { reason, agentName: this.agentName, seconds }, this.options.again));
  }

  /** Shows a screen unless it is there already, and moves the focus to its heading: that is what a screen reader then speaks. */
  private show(name: string, make: () => screens.Shown): void {
    if (this.screen === name) return;
    const shown = make();
    this.replace(name, h('div', { class: 'page' }, header(this.options), this.lost, shown.main));
    this.shown = shown;
    shown.main.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }

  private replace(name: string, element: HTMLElement): void {
    this.shown?.stop?.();
    this.shown = undefined;
    this.screen = name;
    document.body.classList.toggle('is-live', name === 'live');
    document.body.replaceChildren(element);
  }
}

function agentIn(participants: Participant[]): string | undefined {
  return participants.find((p) => p.role === 'agent')?.name;
}

/** A page that could not even learn whose it is. */
export function showProblem(language: Language, error: unknown, retry?: () => void): void {
  const { main } = problemScreen(language, error, retry);
  document.body.replaceChildren(h('div', { class: 'page' }, main));
  main.querySelector<HTMLElement>('h1')?.focus();
}

const problemTexts = ['company_unknown', 'ticket_invalid', 'ticket_used', 'session_gone', 'rate_limited', 'offline', 'internal'] as const;

function problemScreen({ t }: Language, error: unknown, retry?: () => void): screens.Shown {
  const { reason } = asProblem(error);
  const known = problemTexts.find((r) => r === reason) ?? 'internal';
  const mayRetry = known === 'offline' || known === 'internal' || known === 'rate_limited' || known === 'session_gone';
  return screens.problemScreen(t, t(`problem.${known}`), retry && mayRetry
    ? { label: t(known === 'session_gone' ? 'start.again' : 'problem.retry'), run: retry } : undefined);
}

function brand({ language, company }: AppOptions): void {
  const { background, text } = brandColors(company.color);
  document.documentElement.lang = language.tag;
  document.title = language.t('title', { company: company.name });
  document.documentElement.style.setProperty('--brand', background);
  document.documentElement.style.setProperty('--on-brand', text);
}

function header({ company }: AppOptions): HTMLElement {
  return h('header', { class: 'brand' },
    company.logoUrl ? h('img', { src: company.logoUrl, alt: company.name, referrerpolicy: 'no-referrer' }) : h('strong', {}, company.name));
}
