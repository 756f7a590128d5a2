import { connect, LiveView, liveURL, NewTab, Sound, supportedCodecs, type ClientMessage, type Live, type LiveStatus, type Outcome, type Role, type ServerMessage } from '../live';
import { Asks, type AskKey } from '../asks/asks';
import type { Translate } from '../i18n';
import { HiddenAreas, within } from './hiddenareas';
import { emptyModel, next, veil, type LiveModel, type ModelEvent } from './model';

interface SessionTexts { stage: string; takeCopy: string; role: (role: Role) => string; t: Translate<AskKey> }

/** How long a toast stays; refusals are short, notices have more to read. */
const toastLife = { refused: 5_000, notice: 9_000, error: 9_000 } as const;

/**
 * One session as the agent has it: the socket, the picture and the model. The picture's element exists from the start and is
 * shown wherever the page puts it, so that nothing is lost while the page still shows something else.
 */
export class AgentSession {
  model: LiveModel = emptyModel;
  status: LiveStatus = { kind: 'connecting' };
  readonly element: HTMLElement;
  /** Set by whoever shows the element: where the focus goes when the agent leaves the shared page. */
  onLeave: () => void = () => undefined;
  /** What the agent chose when they ended it. It counts when the service says so. */
  chosen: { outcome: Outcome | ''; note: string } = { outcome: '', note: '' };
  readonly sound = new Sound((m) => this.send(m));
  readonly newTab = new NewTab((m) => this.send(m));
  private view: LiveView | undefined;
  private hidden: HiddenAreas | undefined;
  private asks: Asks | undefined;
  private live: Live | undefined;
  private closed = false;

  constructor(readonly id: string, private readonly texts: SessionTexts, private readonly changed: () => void) {
    this.element = document.createElement('div');
    this.element.className = 'picture';
  }

  async open(token: string): Promise<void> {
    const codecs = await supportedCodecs();
    if (this.closed) return;
    this.view = new LiveView(this.element, {
      label: this.texts.stage,
      send: (m) => this.send(m),
      leave: () => this.onLeave(),
      drawn: () => this.drawn(),
      roleName: this.texts.role,
      phoneEdge: 16,
      takeCopy: this.texts.takeCopy,
      notPasted: (reason) => this.take({ type: 'error', code: '', reason, message: '' }),
      placed: () => this.asks?.arrange(),
      missed: () => this.missed(),
    });
    const view = this.view;
    this.asks = new Asks({ t: this.texts.t, send: (m) => this.send(m), place: (rect) => view.placeOf(rect), leave: () => view.focus(), person: this.texts.role });
    this.element.append(this.asks.element);
    this.hidden = new HiddenAreas(this.view.overlay);
    this.live = connect({
      url: liveURL(), token, codecs,
      viewport: () => ({ width: 1280, height: 720, scale: 1, mobile: false }), // the customer's counts; this is a formality
      onMessage: (m) => this.receive(m),
      onPicture: (frame) => this.view?.picture(frame),
      onSound: (frame) => this.sound.push(frame),
      onStatus: (s) => {
        this.status = s;
        this.changed();
      },
    });
  }

  send(message: ClientMessage): boolean {
    return this.live?.send(message) ?? false;
  }

  /** Also without a connection: it is said as soon as there is one. */
  end(outcome: Outcome | '', note: string): void {
    this.chosen = { outcome, note };
    this.live?.insist({ type: 'end', ...(outcome && { outcome }), ...(note && { note }) });
    this.take({ type: 'leaving' });
  }

  /** Hides what is at a point of the window from agents, from now on. */
  suggest(clientX: number, clientY: number): void {
    const at = this.view?.pagePoint(clientX, clientY);
    if (at) this.send({ type: 'suggest', tab: this.model.shown, ...at });
  }

  /** Whether something is hidden at a point of the window. */
  hidesAt(clientX: number, clientY: number): boolean {
    const at = this.view?.pagePoint(clientX, clientY);
    return at !== undefined && this.model.hidden.some((r) => within(r, at));
  }

  /** Call from a press. */
  turnSound(on: boolean): void {
    this.sound.turn(on);
    this.changed();
  }

  focusPage(): void {
    this.view?.focus();
  }

  /** The agent pressed or typed while they do not see the page. */
  missed(): void {
    this.take({ type: 'missed' });
  }

  dismiss(id: number): void {
    this.take({ type: 'dismiss', id });
  }

  close(): void {
    this.closed = true;
    this.live?.close();
    this.view?.close();
    this.sound.close();
  }

  private receive(message: ServerMessage): void {
    this.newTab.handle(message);
    this.view?.handle(message);
    this.asks?.handle(message);
    // Only now: a page at rest sends one picture when the gate opens, and other news may come while that is decoded.
    if (message.type === 'gate' && !message.open || message.type === 'state' && message.state === 'paused') {
      this.view?.forget();
      this.sound.forget();
    }
    if (message.type === 'welcome') this.sound.welcomed();
    this.take(message);
  }

  private drawn(): void {
    this.take({ type: 'drawn' });
    this.cover(); // a picture that was still being decoded may not stand under the veil
  }

  private take(event: ModelEvent): void {
    const before = this.model;
    this.model = next(before, event);
    if (this.model === before) return;
    const newest = this.model.toasts.at(-1);
    if (newest && newest !== before.toasts.at(-1)) setTimeout(() => this.dismiss(newest.id), toastLife[newest.kind]);
    this.cover();
    this.changed();
  }

  /** What may not be seen is taken from the canvas too, and what cannot be seen is not acted on. */
  private cover(): void {
    const visible = veil(this.model) === null;
    this.view?.setHands(visible);
    this.view?.stage.classList.toggle('live-forbidden', this.model.blocked !== '');
    this.hidden?.show(visible ? this.model.hidden : []);
    if (this.asks) this.asks.element.hidden = this.model.state !== 'live';
    if (!visible) this.view?.clear();
  }
}
