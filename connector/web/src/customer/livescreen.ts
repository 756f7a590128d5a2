// The shared page as the customer has it: the picture fills the screen, the bar says who sees it, Stop pauses at once.
import { LiveView, type Live, type Participant, type RecordingState, type ServerMessage, type State, type Tab, type Viewport } from '../live';
import type { Translate } from '../i18n';
import { Bar } from './bar';
import { h, icon } from './dom';
import { PrivateLayer } from './layer';
import { Toasts } from './toasts';
import { isPhone, viewportFor } from './viewport';

/** A turned phone or a dragged window edge settles before the shared page is asked to follow. */
const settle = 250;

/** A page that takes longer than this is shown half-loaded. */
const slowPage = 2_500;
/** What was painted last before the page was ready is still on its way then. */
const justLoaded = 300;

const noticeKeys = {
  page_failed: 'notice.page_failed', url_refused: 'notice.url_refused', dialog: 'notice.dialog', browser_lost: 'notice.browser_lost',
  recording_stopped: 'notice.recording_stopped', busy: 'notice.busy', rate_limited: 'notice.busy',
} as const;

/** What came too late for a state or a tab that this page shows already. */
const selfExplaining = new Set(['paused', 'not_now', 'tab_gone', 'no_webcodecs']);

export class LiveScreen {
  readonly element: HTMLElement;
  private readonly view: LiveView;
  private readonly bar: Bar;
  private readonly layer: PrivateLayer;
  private readonly toasts = new Toasts();
  private readonly stage = h('div', { class: 'stage' });
  private readonly cover: HTMLElement;
  private readonly lost: HTMLElement;
  private readonly keyboardButton: HTMLButtonElement;
  private readonly pauseDialog: HTMLDialogElement;
  private readonly pauseText = h('p', { role: 'status' });
  private readonly resized: ResizeObserver;
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

  constructor(private readonly t: Translate, private readonly send: Live['send']) {
    this.bar = new Bar(t, {
      stop: () => this.stop(),
      history: (delta) => send({ type: 'history', tab: this.tab, delta }),
      navigate: (url) => send({ type: 'navigate', tab: this.tab, url }),
      showTab: (tab) => send({ type: 'tab', op: 'show', tab }),
      closeTab: (tab) => send({ type: 'tab', op: 'close', tab }),
    });
    this.cover = h('div', { class: 'cover', role: 'status' }, t('live.first'));
    this.lost = h('div', { class: 'lost', role: 'status' });
    this.keyboardButton = h('button', { class: 'keyboard-button', type: 'button', hidden: true, onclick: () => this.view.openKeyboard() },
      icon('keyboard'), t('live.keyboard'));
    this.pauseDialog = this.makePauseDialog();
    this.view = new LiveView(this.stage, {
      label: t('live.page'), send, leave: () => this.bar.stopButton.focus(), drawn: () => this.uncover(),
      roleName: (role) => (role === 'agent' ? t('Agent') : ''),
      largest: 3, keepWidth: isPhone(),
      keyboardUseful: (useful) => { this.keyboardButton.hidden = !useful || !isPhone(); },
    });
    this.layer = new PrivateLayer(this.view.overlay, t('live.private'));
    this.view.stage.addEventListener('pointermove', (e) => this.layer.hover(this.view.pagePoint(e.clientX, e.clientY)));
    this.stage.append(this.cover);
    this.element = h('div', { class: 'live' }, this.bar.element, h('main', {}, this.stage), this.keyboardButton, this.toasts.element, this.lost, this.pauseDialog);
    this.resized = new ResizeObserver(() => this.follow());
    this.resized.observe(this.stage);
  }

  /** Call when the element is in the document. */
  opened(): void {
    this.view.focus();
    this.follow();
  }

  close(): void {
    this.resized.disconnect();
    clearTimeout(this.settling);
    clearTimeout(this.uncovering);
    this.view.close();
    this.element.remove();
  }

  picture(frame: ArrayBuffer): void { this.view.picture(frame); }

  setConnected(connected: boolean): void {
    this.connected = connected;
    this.lost.textContent = connected ? '' : this.t('live.reconnecting');
    this.showPause();
  }

  handle(message: ServerMessage): void {
    this.view.handle(message);
    switch (message.type) {
      case 'welcome':
        this.sent = message.viewport;
        this.setPeople(message.participants, message.agentName);
        if (this.owesPause && message.state === 'live') this.send({ type: 'pause' });
        this.setState(message.state, message.recording);
        this.follow();
        break;
      case 'participants': this.setPeople(message.participants); break;
      case 'state': this.setState(message.state, message.recording); break;
      case 'tabs': this.setTabs(message.tabs, message.shown); break;
      case 'layer': if (message.tab === this.tab) this.layer.show(message.items); break;
      case 'refused': this.toasts.show(this.refusal(message.name)); break;
      case 'stuck': this.blind = message.reason !== ''; this.showStatus(); break;
      case 'notice': this.notice(message.code, message.params); break;
      case 'error': this.failed(message.reason, message.message); break;
    }
  }

  /** The first pictures of a page that still loads are empty; a slow page is shown as far as it is. */
  private uncover(): void {
    if (this.cover.hidden || this.uncovering) return;
    this.uncovering = setTimeout(() => { this.cover.hidden = true; }, this.loading ? slowPage : justLoaded);
  }

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
    if (shown !== this.tab) this.layer.show([]);
    this.tab = shown;
    this.bar.setTabs(tabs, shown);
  }

  private agent(): string { return this.agentName || this.t('Agent'); }

  private showStatus(): void {
    const agent = this.agent();
    if (this.paused || this.owesPause) this.bar.setStatus(this.t('live.paused', { agent }), 'unseen');
    else if (!this.agentHere) this.bar.setStatus(this.t('live.alone', { agent }), 'unseen');
    else if (this.blind) this.bar.setStatus(this.t('live.cannotSee', { agent }), 'unseen');
    else this.bar.setStatus(this.t('live.sees', { agent }), 'seen');
  }

  /** Stop blinds the agent first and asks afterwards. */
  private stop(): void {
    this.owesPause = true;
    this.send({ type: 'pause' });
    this.showPause();
    this.showStatus();
  }

  private showPause(): void {
    const wanted = this.paused || this.owesPause;
    this.view.setHands(!wanted);
    this.pauseText.textContent = this.t(this.owesPause && !this.connected ? 'pause.sending' : 'pause.what', { agent: this.agent() });
    if (wanted && !this.pauseDialog.open) this.pauseDialog.showModal();
    else if (!wanted && this.pauseDialog.open) {
      this.pauseDialog.close();
      this.view.focus();
    }
  }

  private makePauseDialog(): HTMLDialogElement {
    const dialog = h('dialog', { class: 'pause', 'aria-labelledby': 'pause-heading', oncancel: (e) => e.preventDefault() },
      h('h2', { id: 'pause-heading' }, this.t('pause.heading')), this.pauseText,
      h('div', { class: 'actions' },
        h('button', { class: 'primary', type: 'button', autofocus: true, onclick: () => this.resume() }, this.t('pause.continue')),
        h('button', { class: 'danger', type: 'button', onclick: () => this.send({ type: 'end' }) }, this.t('pause.end'))));
    return dialog;
  }

  private resume(): void {
    if (this.paused) {
      this.send({ type: 'resume' });
      return;
    }
    this.owesPause = false; // pressed in vain while the connection was gone
    this.showPause();
    this.showStatus();
  }

  private refusal(name: string): string {
    return this.t(name ? 'refused' : 'refused.noName', { name, agent: this.agent() });
  }

  private notice(code: string, params: Record<string, unknown>): void {
    const key = noticeKeys[code as keyof typeof noticeKeys];
    if (!key) return;
    const texts = Object.fromEntries(Object.entries(params).map(([k, v]) => [k, String(v)]));
    this.toasts.show(this.t(key, texts));
  }

  private failed(reason: string, message: string): void {
    const key = noticeKeys[reason as keyof typeof noticeKeys];
    if (key) this.toasts.show(this.t(key));
    else if (!selfExplaining.has(reason)) this.toasts.show(this.t('error', { message }));
  }

  /** Asks the shared page to take this window's size. A phone's keyboard is no reason: it comes and goes. */
  private follow(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      const room = { width: this.stage.clientWidth, height: this.stage.clientHeight };
      if (room.width === 0 || room.height === 0) return;
      const wanted = viewportFor(room, isPhone(), devicePixelRatio);
      const typing = this.sent?.mobile && wanted.width === this.sent.width && wanted.height < this.sent.height && this.view.typing();
      if (typing || same(wanted, this.sent)) return;
      if (this.send({ type: 'viewport', viewport: wanted })) this.sent = wanted;
    }, settle);
  }
}

function same(a: Viewport, b: Viewport | undefined): boolean {
  return b !== undefined && a.width === b.width && a.height === b.height && a.mobile === b.mobile;
}
