// An editor while it runs: the page as the customer sees it, beside it the page as the agent sees it, and what was pointed at.
import { Asks } from '../asks/asks';
import { FilesView } from '../files/files';
import { PrivateLayer } from '../layer/layer';
import { asProblem, type Problem } from '../http';
import type { Translate } from '../i18n';
import { filesOf } from '../live/files';
import { connect, LiveView, supportedCodecs, type ClientMessage, type Live, type ServerMessage, type Tab, type Viewport } from '../live';
import type { ConsoleAPI, Editor, Picked } from './api';
import type { Outline, Policy } from './policy';

interface SeenPage { name: string; documents: Outline[] }

const widths = { desktop: 1024, phone: 390 };

/** A page as wide as people have it, and as high as there is room for. */
function pageFor(shape: 'desktop' | 'phone', room: HTMLElement): Viewport {
  const width = widths[shape];
  const height = room.clientWidth > 0 ? (width * room.clientHeight) / room.clientWidth : 720;
  return { width, height: Math.round(Math.min(Math.max(height, 600), shape === 'phone' ? 844 : 1500)), scale: 1, mobile: shape === 'phone' };
}

/** So many pages of this editor are kept in mind to try rules on. */
const mostSeen = 12;

/** Milliseconds that pass between two questions about where the pointer is: the service answers a company forty in a second. */
const hoverPause = 75;

const socket = '/v1/console/live';

function editorURL(): string {
  return new URL(socket, location.href).href.replace(/^http/, 'ws');
}

interface EditorTexts { customer: string; agent: string; layer: Translate }

export class EditorLive {
  readonly customer = box();
  readonly agent = box();
  tabs: Tab[] = [];
  shown = '';
  state = 'requested';
  over: '' | 'ended' | 'failed' = '';
  gate: { open: boolean; reason: string } = { open: false, reason: 'loading' };
  /** Whether the agent has a picture since the gate opened. */
  agentSees = false;
  /** What the page would not do, as a reason. */
  refused = '';
  /** What became of a file, in words. */
  ofFiles = '';
  pointing = true;
  shape: 'desktop' | 'phone' = matchMedia('(max-width: 760px)').matches ? 'phone' : 'desktop';
  hovered: Picked | null = null;
  /** What was picked, and how far up from it the administrator went. */
  picked: Picked | null = null;
  up = 0;
  seen: SeenPage[] = [];
  problem: Problem | null = null;
  private views: { customer: LiveView; agent: LiveView } | undefined;
  private layer: PrivateLayer | undefined;
  private asks: Asks | undefined;
  private files: FilesView | undefined;
  private sockets: Live[] = [];
  private asking = false;
  private wanted: { x: number; y: number } | null = null;
  private outline = document.createElement('div');
  private drafting: Policy | null = null;
  private drafted = false;
  private lastDraft = '';

  constructor(private readonly api: ConsoleAPI, readonly editor: Editor, private readonly texts: EditorTexts, private readonly changed: () => void) {
    this.outline.className = 'pointed';
    this.outline.hidden = true;
    addEventListener('pagehide', this.leaving);
  }

  private readonly leaving = (): void => this.api.close(this.editor.id);

  private arrange(): void {
    this.layer?.arrange();
    this.asks?.arrange();
  }

  async open(): Promise<void> {
    const codecs = await supportedCodecs();
    const customer = new LiveView(this.customer, { label: this.texts.customer, send: (m) => this.send(m), leave: () => document.getElementById('editor-address')?.focus(),
      drawn: () => this.layer?.drawn(customer.canvas, customer.page), acted: (ev) => this.layer?.typed(ev), composing: (text) => this.layer?.compose(text), placed: () => this.arrange(), largest: 1 });
    const agent = new LiveView(this.agent, { label: this.texts.agent, send: (m) => this.sockets[1]?.send(m) ?? false, leave: () => document.getElementById('editor-address')?.focus(), largest: 1,
      drawn: () => this.agentDrew() });
    this.views = { customer, agent };
    this.layer = new PrivateLayer(customer.overlay, this.customer, this.texts.layer, {
      agent: () => this.texts.agent, scale: () => customer.scale, mayReveal: () => false, leave: () => customer.focus(), reveal: () => undefined });
    this.asks = new Asks({
      t: this.texts.layer, send: (m) => this.send(m), place: (rect) => customer.placeOf(rect), leave: () => customer.focus(), person: () => this.texts.layer('Agent'),
    });
    this.files = new FilesView(this.texts.layer, {
      files: filesOf(this.editor.customer, socket), send: (m) => this.send(m), agent: () => this.texts.layer('Agent'), leave: () => customer.focus(),
      tell: (text) => this.tellOfFiles(text),
    });
    this.customer.append(this.asks.element, this.files.element);
    customer.overlay.append(this.outline);
    const common = { url: editorURL(), codecs, viewport: () => pageFor(this.shape, this.customer) };
    this.sockets = [
      connect({ ...common, token: this.editor.customer, onMessage: (m) => this.said(m), onPicture: (f) => customer.picture(f), onStatus: (s) => { if (s.kind === 'closed') this.end('ended'); } }),
      connect({ ...common, token: this.editor.agent, onMessage: (m) => this.saidToAgent(m), onPicture: (f) => agent.picture(f), onStatus: () => undefined }),
    ];
  }

  send(message: ClientMessage): boolean { return this.sockets[0]?.send(message) ?? false; }

  tab(): Tab | undefined { return this.tabs.find((t) => t.id === this.shown); }

  go(url: string): void {
    this.refused = '';
    this.ofFiles = '';
    this.forget();
    this.send({ type: 'navigate', tab: this.shown, url });
  }

  setPointing(on: boolean): void {
    this.pointing = on;
    this.hovered = null;
    this.draw();
    this.changed();
    if (!on) this.views?.customer.focus();
  }

  setShape(shape: 'desktop' | 'phone'): void {
    this.shape = shape;
    this.forget();
    this.send({ type: 'viewport', viewport: pageFor(shape, this.customer) });
    this.changed();
  }

  /** The pointer is over a point of the window: outlines what is there. One question at a time, the latest counts. */
  hover(clientX: number, clientY: number): void {
    const at = this.views?.customer.pagePoint(clientX, clientY);
    if (at) this.hoverPage(at.x, at.y);
  }

  hoverPage(x: number, y: number): void {
    this.wanted = { x, y };
    if (!this.asking) void this.askHover();
  }

  private async askHover(): Promise<void> {
    this.asking = true;
    while (this.wanted && !this.over) {
      const { x, y } = this.wanted;
      this.wanted = null;
      this.hovered = await this.api.pick(this.editor.id, this.shown, x, y).catch(() => null);
      this.draw();
      await new Promise((rest) => { setTimeout(rest, hoverPause); });
    }
    this.asking = false;
  }

  async pick(clientX: number, clientY: number): Promise<void> {
    const at = this.views?.customer.pagePoint(clientX, clientY);
    if (at) await this.pickPage(at.x, at.y);
  }

  async pickPage(x: number, y: number): Promise<void> {
    try {
      this.picked = await this.api.pick(this.editor.id, this.shown, x, y);
      this.up = 0;
      this.problem = null;
    } catch (e) {
      this.problem = asProblem(e);
      this.picked = null;
    }
    this.wanted = null;
    this.hovered = null;
    this.draw();
    this.changed();
    await this.remember();
  }

  get page(): { width: number; height: number } { return this.views?.customer.page ?? { width: widths[this.shape], height: 720 }; }

  /** The thing that the panel is about: what was picked, or something around it. */
  thing(): Picked | null {
    return this.up === 0 ? this.picked : this.picked?.above?.[this.up - 1] ?? null;
  }

  climb(by: 1 | -1): void {
    this.up = Math.min(Math.max(0, this.up + by), this.picked?.above?.length ?? 0);
    this.draw();
    this.changed();
  }

  forget(): void {
    this.picked = null;
    this.hovered = null;
    this.up = 0;
    this.problem = null;
    this.draw();
    this.changed();
  }

  /** Shows a draft in both views. One at a time, the latest counts. */
  async preview(draft: Policy): Promise<void> {
    this.drafting = draft;
    if (this.drafted || this.over || this.state !== 'live') return;
    this.drafted = true;
    while (this.drafting) {
      const now: Policy = this.drafting;
      this.drafting = null;
      try {
        await this.api.draft(this.editor.id, now);
        this.lastDraft = JSON.stringify(now);
        this.problem = null;
      } catch (e) {
        this.problem = asProblem(e);
      }
    }
    this.drafted = false;
    this.changed();
  }

  /** Whether the two views show these rules. */
  shows(draft: Policy): boolean { return this.lastDraft === JSON.stringify(draft); }

  async remember(): Promise<void> {
    const url = this.tab()?.url ?? '';
    const name = url.replace(/^https?:\/\//, '').replace(/[?#].*$/, '');
    const { documents } = await this.api.outline(this.editor.id, this.shown).catch(() => ({ documents: [] as Outline[] }));
    if (documents.length === 0) return;
    this.seen = [{ name, documents }, ...this.seen.filter((s) => s.name !== name)].slice(0, mostSeen);
    this.changed();
  }

  close(): void {
    removeEventListener('pagehide', this.leaving);
    this.end('ended');
    this.leaving();
  }

  private end(why: 'ended' | 'failed'): void {
    if (this.over) return;
    this.over = why;
    for (const s of this.sockets) s.close();
    this.layer?.close();
    this.views?.customer.close();
    this.views?.agent.close();
    this.changed();
  }

  private said(m: ServerMessage): void {
    this.views?.customer.handle(m);
    this.asks?.handle(m);
    switch (m.type) {
      case 'welcome': this.move(m.state); break;
      case 'state': this.move(m.state); break;
      case 'tabs': this.setTabs(m.tabs, m.shown); break;
      case 'layer': if (m.tab === this.shown) this.layer?.show(m.items); break;
      case 'focus': if (m.tab === this.shown) this.layer?.setEditable(m.editable); break;
      case 'viewport': this.layer?.clear(); break;
      case 'download': this.files?.show(m); break;
      case 'upload_wanted': this.tellOfFiles(''); this.files?.ask(m); break;
      case 'notice': if (m.code === 'url_refused' || m.code === 'page_failed') { this.refused = m.code; this.changed(); } break;
      case 'error': if (m.reason === 'url_refused' || m.reason === 'url_invalid') { this.refused = m.reason; this.changed(); } break;
      case 'ended': this.end(m.reason === 'failed' ? 'failed' : 'ended'); break;
    }
  }

  private tellOfFiles(text: string): void {
    this.ofFiles = text;
    this.changed();
  }

  private move(state: string): void {
    this.state = state;
    if (state === 'requested' || state === 'provisioning' || state === 'waiting') this.send({ type: 'consent', granted: true, recording: false });
    if (state === 'live' && this.drafting) void this.preview(this.drafting);
    this.changed();
  }

  private saidToAgent(m: ServerMessage): void {
    this.views?.agent.handle(m);
    if (m.type !== 'gate') return;
    this.gate = { open: m.open, reason: m.reason };
    if (!m.open) {
      this.agentSees = false;
      this.views?.agent.clear();
    }
    this.changed();
  }

  private agentDrew(): void {
    if (!this.gate.open) this.views?.agent.clear(); // it was still being decoded when the gate closed
    else if (!this.agentSees) {
      this.agentSees = true;
      this.changed();
    }
  }

  private setTabs(tabs: Tab[], shown: string): void {
    const before = this.tab();
    this.tabs = tabs;
    if (shown !== this.shown) this.layer?.clear();
    this.shown = shown;
    const now = this.tab();
    if (before && now && before.url !== now.url) this.forget();
    if (now && !now.loading && (before?.loading || before?.url !== now.url)) void this.remember();
    this.changed();
  }

  private draw(): void {
    const thing = this.hovered ?? this.thing();
    this.outline.hidden = !thing;
    this.outline.classList.toggle('chosen', !this.hovered && !!thing);
    if (!thing) return;
    const { x, y, w, h } = thing.rect;
    Object.assign(this.outline.style, { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px` });
  }
}

function box(): HTMLElement {
  const e = document.createElement('div');
  e.className = 'ed-picture';
  return e;
}
