// The shared page as the customer has it: the picture fills the screen, the bar says who sees it, Stop pauses at once.
import { LiveView, NewTab, Sound, type Live, type Participant, type RecordingState, type ServerMessage, type State, type Tab, type Viewport } from '../live';
import { customerKey, type CustomerKey, type Translate } from '../i18n';
import { h, icon } from '../ui/dom';
import { PrivateLayer } from '../layer/layer';
import { Asks } from '../asks/asks';
import type { Files } from '../live/files';
import { Bar } from './bar';
import { Signal } from './signal';
import { FilesView } from '../files/files';
import { Toasts } from './toasts';
import { thisDevice, viewportFor } from './viewport';
import { keepVisible } from './visible';

/** A turned phone or a dragged window edge settles before the shared page is asked to follow. */
const settle = 250;

/** A page that takes longer than this is shown half-loaded. */
const slowPage = 2_500;
/** What was painted last before the page was ready is still on its way then. */
const justLoaded = 300;

const noticeKeys = {
  mask_suggested: 'notice.mask_suggested', page_private: 'notice.page_private',
  url_refused: 'notice.url_refused', dialog: 'notice.dialog', browser_lost: 'notice.browser_lost',
  recording_stopped: 'notice.recording_stopped', tabs_full: 'notice.tabs_full',
} as const;

function noticeKey(code: string, texts: Record<string, string>): CustomerKey | undefined {
  if (code === 'page_failed') return customerKey('notice.page_failed', texts['code'] ?? '', 'notice.page_failed.failed');
  if (code === 'page_wanted') return customerKey('notice.page_wanted', texts['what'] ?? '', 'notice.page_wanted.other');
  if (code === 'browser_lost' && texts['why'] === 'memory') return 'notice.browser_lost.memory';
  if (code === 'browser_lost' && texts['lost']?.split(',').includes('cookies')) return 'notice.browser_lost.cookies';
  return noticeKeys[code as keyof typeof noticeKeys];
}

/** What came too late for a state or a tab that this page shows already. */
const selfExplaining = new Set(['not_now', 'tab_gone', 'no_webcodecs', 'consent_given', 'session_over']);

export class LiveScreen {
  readonly element: HTMLElement;
  private readonly view: LiveView;
  private readonly bar: Bar;
  private readonly layer: PrivateLayer;
  private readonly asks: Asks;
  private readonly toasts = new Toasts();
  private readonly signal: Signal;
  private readonly speaker: Sound;
  private soundOffered = false;
  private readonly files: FilesView;
  private readonly stage = h('div', { class: 'stage' });
  private readonly cover: HTMLElement;
  private readonly lost: HTMLElement;
  private readonly keyboardButton: HTMLButtonElement;
  private readonly pauseDialog: HTMLDialogElement;
  private readonly pauseText = h('p', { role: 'status' });
  private readonly continueButton: HTMLButtonElement;
  private readonly endButton: HTMLButtonElement;
  private readonly resized: ResizeObserver;
  private readonly release: () => void;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private sent: Viewport | undefined;

  private tab = '';
  private agentName = '';
  private agentHere = false;
  private loading = false;
  private uncovering: ReturnType<typeof setTimeout> | undefined;
  private blind = false;
  private connected = true;
  private paused = false;
  /** The customer pressed Stop and the service has not confirmed it: said again whenever the connection comes back. */
  private owesPause = false;
  /** The customer has said that it is to end: there is nothing to go on with. */
  private ending = false;
  private mayReveal = false;
  private readonly send: Live['send'];
  private readonly newTab: NewTab;

  constructor(private readonly t: Translate, private readonly live: Pick<Live, 'send' | 'insist'>, files: Files) {
    const { send } = live;
    this.send = send;
    this.newTab = new NewTab(send);
    this.signal = new Signal(t, () => this.agent(), (text) => this.toasts.show(text));
    this.speaker = new Sound(send);
    this.bar = new Bar(t, {
      stop: () => this.stop(),
      sound: () => this.turnSound(!this.speaker.on),
      history: (delta) => send({ type: 'history', tab: this.tab, delta }),
      navigate: (url) => this.newTab.navigate(this.tab, url),
      showTab: (tab) => send({ type: 'tab', op: 'show', tab }),
      closeTab: (tab) => send({ type: 'tab', op: 'close', tab }),
      moveTab: (tab, to) => send({ type: 'tab', op: 'move', tab, to }),
      openTab: () => this.newTab.open(),
    }, this.signal.element);
    this.cover = h('div', { class: 'cover', role: 'status', onpointerdown: () => this.missed() }, t('live.first'));
    this.lost = h('div', { class: 'lost', role: 'status' });
    this.keyboardButton = h('button', { class: 'keyboard-button', type: 'button', hidden: true, onclick: () => this.view.openKeyboard() },
      icon('keyboard'), t('live.keyboard'));
    this.continueButton = h('button', { class: 'primary', type: 'button', autofocus: true, onclick: () => this.resume() }, t('pause.continue'));
    this.endButton = h('button', { class: 'danger', type: 'button', onclick: () => this.end() }, t('pause.end'));
    this.pauseDialog = this.makePauseDialog();
    this.view = new LiveView(this.stage, {
      label: t('live.page'), send, leave: () => this.bar.stopButton.focus(), drawn: () => this.drawn(),
      roleName: (role) => (role === 'agent' ? t('Agent') : ''),
      largest: 3, keepWidth: thisDevice() !== 'desktop',
      acted: (ev) => this.layer.typed(ev), composing: (text) => this.layer.compose(text), placed: () => this.arrange(), missed: () => this.missed(),
      keyboardUseful: (useful) => { this.keyboardButton.hidden = !useful || thisDevice() === 'desktop'; },
      takeCopy: t('live.takeCopy'), notPasted: (why) => this.failed(why),
    });
    this.layer = new PrivateLayer(this.view.overlay, this.stage, t, {
      agent: () => this.agent(), scale: () => this.view.scale, mayReveal: () => this.mayReveal, leave: () => this.view.focus(),
      reveal: (item, on) => send({ type: 'reveal', tab: this.tab, item, on }),
    });
    this.view.stage.addEventListener('pointermove', (e) => this.layer.hover(this.view.pagePoint(e.clientX, e.clientY)));
    this.asks = new Asks({
      t, send, place: (rect) => this.view.placeOf(rect), leave: () => this.view.focus(), person: (role) => (role === 'agent' ? this.agent() : ''),
    });
    this.files = new FilesView(t, { files, send, agent: () => this.agent(), tell: (text) => this.toasts.show(text), leave: () => this.view.focus() });
    this.stage.append(this.asks.element, this.cover);
    this.element = h('div', { class: 'live' }, this.bar.element, h('main', {}, this.stage), this.keyboardButton, this.files.element, this.toasts.element, this.lost, this.pauseDialog);
    this.resized = new ResizeObserver(() => this.follow());
    this.resized.observe(this.stage);
    this.giveHands();
    this.release = keepVisible(this.element);
  }

  /** Call when the element is in the document. */
  opened(): void {
    this.view.focus();
    this.follow();
  }

  close(): void {
    this.resized.disconnect();
    this.release();
    clearTimeout(this.settling);
    clearTimeout(this.uncovering);
    this.view.close();
    this.speaker.close();
    this.layer.close();
    this.bar.close();
    this.element.remove();
  }

  picture(frame: ArrayBuffer): void { this.view.picture(frame); }

  sound(frame: ArrayBuffer): void { this.speaker.push(frame); }

  setConnected(connected: boolean): void {
    this.connected = connected;
    this.lost.textContent = connected ? '' : this.t('live.reconnecting');
    this.signal.setConnected(connected);
    this.showPause();
  }

  handle(message: ServerMessage): void {
    this.newTab.handle(message);
    this.view.handle(message);
    this.asks.handle(message);
    switch (message.type) {
      case 'welcome':
        this.sent = message.viewport;
        this.speaker.welcomed();
        this.mayReveal = message.company.mayReveal === true;
        this.setPeople(message.participants, message.agentName);
        if (this.owesPause && message.state === 'live') this.send({ type: 'pause' });
        this.setState(message.state, message.recording);
        this.follow();
        break;
      case 'participants': this.setPeople(message.participants); break;
      case 'state': this.setState(message.state, message.recording); break;
      case 'tabs': this.setTabs(message.tabs, message.shown); break;
      case 'focus': if (message.tab === this.tab) this.layer.setEditable(message.editable); break;
      case 'layer': if (message.tab === this.tab) this.layer.show(message.items); break;
      case 'refused': this.toasts.show(this.refusal(message.name)); break;
      case 'download': this.files.show(message); break;
      case 'upload_wanted': this.files.ask(message); break;
      case 'stuck': this.setBlind(message.reason); break;
      case 'quality': this.signal.tell(message); break;
      case 'notice': this.notice(message.code, message.params); break;
      case 'error': this.failed(message.reason); break;
    }
  }

  private arrange(): void {
    this.layer.arrange();
    this.asks.arrange();
  }

  private drawn(): void {
    this.layer.drawn(this.view.canvas, this.view.page);
    this.uncover();
  }

  /** The first pictures of a page that still loads are empty; a slow page is shown as far as it is. */
  private uncover(): void {
    if (this.cover.hidden || this.uncovering) return;
    this.uncovering = setTimeout(() => {
      this.cover.hidden = true;
      this.giveHands();
    }, this.loading ? slowPage : justLoaded);
  }

  /** What is typed into a page that nobody sees yet would land in whatever it turns out to be. */
  private giveHands(): void { this.view.setHands(this.cover.hidden && !this.pauseWanted()); }

  private missed(): void { this.toasts.show(this.t('live.missed')); }

  private setPeople(participants: Participant[], name = ''): void {
    const agent = participants.find((p) => p.role === 'agent');
    this.agentName = agent?.name || name || this.agentName;
    this.agentHere = agent?.here === true;
    this.showStatus();
  }

  private setState(state: State, recording: RecordingState): void {
    this.paused = state === 'paused';
    if (this.paused) this.owesPause = false;
    this.bar.setRecording(recording.on && !this.paused);
    this.showPause();
    this.showStatus();
  }

  private setTabs(tabs: Tab[], shown: string): void {
    const loading = tabs.find((tab) => tab.id === shown)?.loading === true;
    const loaded = this.loading && !loading;
    this.loading = loading;
    if (this.uncovering && loaded) {
      clearTimeout(this.uncovering);
      this.uncovering = undefined;
      this.uncover();
    }
    if (shown !== this.tab) this.layer.clear();
    this.tab = shown;
    this.bar.setTabs(tabs, shown);
    if (tabs.some((tab) => tab.id === shown && tab.audible)) this.offerSound();
  }

  /** From the first sound on there is a button for it: most pages make none. */
  private offerSound(): void {
    if (this.soundOffered || !Sound.possible()) return;
    this.soundOffered = true;
    this.bar.setSound(false);
    this.toasts.show(this.t('live.soundHint'));
  }

  private turnSound(on: boolean): void {
    this.speaker.turn(on);
    this.bar.setSound(on);
    this.view.focus();
  }

  private agent(): string { return this.agentName || this.t('Agent'); }

  private showStatus(): void {
    const agent = this.agent();
    if (this.paused) this.bar.setStatus(this.t('live.paused', { agent }), 'unseen');
    else if (!this.agentHere) this.bar.setStatus(this.t('live.alone', { agent }), 'unseen');
    else if (this.blind) this.bar.setStatus(this.t('live.cannotSee', { agent }), 'unseen');
    else this.bar.setStatus(this.t('live.sees', { agent }), 'seen');
  }

  /** The agent has seen nothing for a while, or sees again. A page that they are not to see has a notice of its own. */
  private setBlind(reason: string): void {
    if (reason && reason !== 'private' && !this.blind) this.toasts.show(this.t('live.goOnAlone', { agent: this.agent() }));
    this.blind = reason !== '';
    this.showStatus();
  }

  /** Stop blinds the agent first and asks afterwards. */
  private stop(): void {
    if (!this.paused) {
      this.owesPause = true;
      this.send({ type: 'pause' });
    }
    this.showPause();
  }

  private pauseWanted(): boolean { return this.paused || this.owesPause || this.ending; }

  private showPause(): void {
    const wanted = this.pauseWanted();
    this.giveHands();
    this.pauseText.textContent = this.pauseSays();
    this.continueButton.disabled = this.ending || (this.paused && !this.connected);
    this.endButton.disabled = this.ending;
    if (wanted && !this.pauseDialog.open) this.pauseDialog.showModal();
    else if (!wanted && this.pauseDialog.open) {
      this.pauseDialog.close();
      this.view.focus();
    }
  }

  /** Claims only what the service has confirmed. */
  private pauseSays(): string {
    const agent = this.agent();
    if (this.ending) return this.t(this.connected ? 'pause.ending' : 'pause.endsLater');
    if (this.owesPause) return this.t(this.connected ? 'pause.stopping' : 'pause.sending', { agent });
    return this.t(this.connected ? 'pause.what' : 'pause.offline', { agent });
  }

  private makePauseDialog(): HTMLDialogElement {
    return h('dialog', {
      class: 'pause', 'aria-labelledby': 'pause-heading', oncancel: (e) => e.preventDefault(),
      // A second Escape closes it all the same.
      onclose: () => this.showPause(),
    },
    h('h2', { id: 'pause-heading' }, this.t('pause.heading')), this.pauseText,
    h('div', { class: 'actions' }, this.continueButton, this.endButton));
  }

  private resume(): void {
    this.owesPause = false;
    this.send({ type: 'resume' }); // also when the pause is not confirmed yet: it comes after it
    this.showPause();
  }

  private end(): void {
    this.ending = true;
    this.live.insist({ type: 'end' });
    this.showPause();
  }

  private refusal(name: string): string {
    return this.t(name ? 'refused' : 'refused.noName', { name, agent: this.agent() });
  }

  private notice(code: string, params: Record<string, unknown>): void {
    const texts = Object.fromEntries(Object.entries(params).map(([k, v]) => [k, String(v)]));
    const key = noticeKey(code, texts);
    if (!key) return;
    texts['agent'] = this.agent();
    this.toasts.show(this.t(key === 'notice.url_refused' && !texts['host'] ? 'notice.url_refusedUnnamed' : key, texts));
  }

  private failed(reason: string): void {
    if (reason === 'reveal_refused') this.layer.revealRefused();
    if (!selfExplaining.has(reason)) this.toasts.show(this.t(customerKey('error', reason, 'error.internal')));
  }

  /** Asks the shared page to take this window's size. An on-screen keyboard is no reason: it comes and goes. */
  private follow(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      const room = { width: this.stage.clientWidth, height: this.stage.clientHeight };
      if (room.width === 0 || room.height === 0) return;
      const wanted = viewportFor(room, thisDevice(), devicePixelRatio);
      const typing = (this.sent?.mobile || this.sent?.touch) && wanted.width === this.sent.width && wanted.height < this.sent.height && this.view.typing();
      if (typing || same(wanted, this.sent)) return;
      if (this.send({ type: 'viewport', viewport: wanted })) this.sent = wanted;
    }, settle);
  }
}

function same(a: Viewport, b: Viewport | undefined): boolean {
  return b !== undefined && a.width === b.width && a.height === b.height && a.mobile === b.mobile && a.touch === b.touch;
}
