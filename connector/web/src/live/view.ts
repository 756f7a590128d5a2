// The shared page on the screen: picture, other people's cursors, and this person's hands.
import type { ClientMessage, InputEvent, Rect, Right, Role, ServerMessage, Viewport } from './messages';
import { Cursors } from './cursors';
import { place, toPage, type Placement } from './fit';
import type { Point } from './gesture';
import { Copies } from './clipboard';
import { Keyboard, type PasteProblem } from './keyboard';
import { PictureDecoder } from './picture';
import { Pointers } from './pointer';
import { Zoom } from './zoom';

interface ViewOptions {
  /** Read by screen readers when the shared page gets the keyboard. Say here how to leave: F6. */
  label: string;
  /** Live.send */
  send: (message: ClientMessage) => boolean;
  /** F6: move the focus to the first control outside. */
  leave: () => void;
  /** What to call people who have no name, on their cursors. */
  roleName?: (role: Role) => string;
  /** A picture was drawn; called for each. */
  drawn?: () => void;
  /** An input event of this person went out. */
  acted?: (ev: InputEvent) => void;
  /** They pressed or typed while the page takes nothing of theirs: tell them, as they may not see why. */
  missed?: () => void;
  /** An input method is composing this text, which is no input yet. */
  composing?: (text: string) => void;
  /** The page has another place or size on the screen. */
  placed?: () => void;
  /** The page is never shown larger than this; 1 by default. */
  largest?: number;
  /** Phones: keep the width when the on-screen keyboard takes height away. */
  keepWidth?: boolean;
  /** Room for the edge of a device around a phone's page. */
  phoneEdge?: number;
  /** An on-screen keyboard could be of use (a field of the page has the focus) but needs a press on a button of yours: openKeyboard(). */
  keyboardUseful?: (useful: boolean) => void;
  /** On the button that puts a copied text into this person's clipboard, where their browser wants a press for that. Without it nothing is taken. */
  takeCopy?: string;
  /** A text was not pasted. */
  notPasted?: (why: PasteProblem) => void;
}

/** The input kinds that each right allows; what is not allowed is not even sent. */
const needs: Record<InputEvent['kind'], Right> = {
  move: 'click', down: 'click', up: 'click', wheel: 'scroll', keydown: 'type', keyup: 'type', text: 'type', compose: 'type',
};

const presses = new Set<InputEvent['kind']>(['down', 'keydown', 'text', 'compose']);

/**
 * LiveView fills `container`, which must have a size of its own. Hand it every server message and picture; it takes what concerns it.
 * Needs live.css.
 */
export class LiveView {
  /** Scaled with the picture, in the page's own coordinates: for whatever lies over the page. Above the picture, below the cursors. */
  readonly overlay: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly stage: HTMLElement;

  private readonly decoder: PictureDecoder;
  private readonly cursors: Cursors;
  private readonly keyboard: Keyboard;
  private readonly copies: Copies;
  private readonly resize: ResizeObserver;
  private viewport: Viewport = { width: 1280, height: 720, scale: 1, mobile: false };
  private placement: Placement = { scale: 1, left: 0, top: 0 };
  private readonly zoom = new Zoom();
  private rights = new Set<Right>();
  private role: Role | undefined;
  private hands = true;
  private tab = '';
  private reveal = 0;
  /** What this person holds down, and the tab that it was pressed in. */
  private readonly held = new Map<string, string>();

  constructor(private readonly container: HTMLElement, private readonly options: ViewOptions) {
    this.stage = element('div', 'live-stage');
    this.canvas = element('canvas', 'live-canvas');
    this.overlay = element('div', 'live-overlay');
    const cursorLayer = element('div', 'live-overlay live-cursors');
    this.keyboard = new Keyboard(options.label, {
      input: (ev) => this.act(ev), leave: options.leave, composing: (text) => options.composing?.(text),
      mayPaste: () => this.rights.has('clipboard'), notPasted: (why) => options.notPasted?.(why),
    });
    this.copies = new Copies(options.takeCopy ?? '', () => this.focus());
    this.stage.append(this.canvas, this.overlay, cursorLayer, this.keyboard.field);
    container.append(this.stage, this.copies.button);
    this.decoder = new PictureDecoder(this.canvas, {
      needKeyframe: () => options.send({ type: 'keyframe' }),
      drawn: () => options.drawn?.(),
    });
    this.cursors = new Cursors(cursorLayer, options.roleName ?? (() => ''));
    new Pointers(this.stage, (x, y) => this.pagePoint(x, y), () => this.placement.scale, {
      input: (ev) => this.act(ev),
      pressed: (byTouch, at) => this.pressed(byTouch, at),
      zoom: (x, y, factor) => this.zoomAt(x, y, factor),
      fingers: () => this.fingers(),
      pan: (dx, dy) => this.pan(dx, dy),
    });
    this.resize = new ResizeObserver(() => this.layout());
    this.resize.observe(container);
  }

  handle(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        this.rights = new Set(message.rights);
        this.role = message.you.role;
        this.setViewport(message.viewport);
        this.cursors.keep(message.participants);
        break;
      case 'participants':
        this.cursors.keep(message.participants);
        break;
      case 'viewport':
        this.setViewport(message.viewport);
        break;
      case 'tabs':
        this.tab = message.shown;
        this.cursors.showTab(message.shown);
        break;
      case 'picture':
        this.decoder.begin(message);
        break;
      case 'cursor':
        this.cursors.move(message);
        break;
      case 'copied':
        if (this.options.takeCopy) void this.copies.offer(message.text);
        break;
      case 'focus':
        if (message.tab !== this.tab) break;
        this.keyboard.follow(message);
        this.options.keyboardUseful?.(message.editable && this.keyboard.waits);
        break;
    }
  }

  picture(frame: ArrayBuffer): void {
    this.decoder.push(frame);
  }

  /** Whether this person's input goes to the page: off while they do not see it. What is held down may still be let go. */
  setHands(on: boolean): void {
    this.hands = on;
    this.stage.classList.toggle('live-still', !on);
  }

  /** What has come so far is not drawn any more. */
  forget(): void {
    this.decoder.forget();
  }

  /** Blanks the picture until the next one is drawn. */
  clear(): void {
    this.decoder.clear();
  }

  focus(): void {
    this.keyboard.focus(false);
  }

  /** Call from a press on a button: opens a phone's keyboard for the page's focused field. */
  openKeyboard(): void {
    this.keyboard.focus(true);
    this.options.keyboardUseful?.(false);
  }

  /** Whether the keyboard goes to the shared page. */
  typing(): boolean {
    return document.activeElement === this.keyboard.field;
  }

  close(): void {
    this.resize.disconnect();
    this.decoder.close();
    this.stage.remove();
    this.copies.close();
  }

  private act(ev: InputEvent): void {
    if (ev.kind === 'up' || ev.kind === 'keyup') {
      this.release(ev);
      return;
    }
    const may = this.rights.has(needs[ev.kind]);
    if (!this.hands || !this.tab) {
      if (may && presses.has(ev.kind)) this.options.missed?.();
    } else if (may) {
      if (this.input(this.tab, ev) && (ev.kind === 'down' || ev.kind === 'keydown')) this.held.set(nameOf(ev), this.tab);
    } else if (ev.kind === 'move' && this.rights.has('point')) {
      this.options.send({ type: 'point', tab: this.tab, x: ev.x ?? 0, y: ev.y ?? 0 });
    }
  }

  /** Goes to where it was pressed, whatever has come between: else the page would keep a button or a key held down. */
  private release(ev: InputEvent): void {
    const tab = this.held.get(nameOf(ev));
    if (tab === undefined) return;
    this.held.delete(nameOf(ev));
    this.input(tab, ev);
  }

  private input(tab: string, ev: InputEvent): boolean {
    const sent = this.options.send({ type: 'input', tab, ev });
    if (sent) this.options.acted?.(ev);
    return sent;
  }

  private pressed(byTouch: boolean, at: Point): void {
    this.reveal = at.y;
    this.keyboard.focus(byTouch);
    this.options.keyboardUseful?.(false);
  }

  /** The page's coordinates of a point in client coordinates. */
  pagePoint(clientX: number, clientY: number): Point {
    const box = this.container.getBoundingClientRect();
    return toPage(clientX - box.left, clientY - box.top, this.viewport, this.placement);
  }

  /** Where a rectangle of the page stands in the container. */
  placeOf(rect: Rect): Rect {
    const { scale, left, top } = this.placement;
    return { x: left + rect.x * scale, y: top + rect.y * scale, w: rect.w * scale, h: rect.h * scale };
  }

  /** The page's size in its own pixels. */
  get page(): { width: number; height: number } { return this.viewport; }

  /** How large the page stands on the screen. */
  get scale(): number { return this.placement.scale; }

  /** An agent's finger turns the wheel everywhere: one that comes down on a guarded button would be refused, although it means to scroll. */
  private fingers(): boolean {
    return (this.viewport.mobile || this.viewport.touch) === true && this.role === 'customer' && this.hands && !this.zoom.on;
  }

  private zoomAt(clientX: number, clientY: number, factor: number): void {
    const box = this.container.getBoundingClientRect();
    if (factor > 0) this.zoom.pinch({ x: clientX - box.left, y: clientY - box.top }, factor, box);
    else this.zoom.settle();
    this.layout();
  }

  private pan(dx: number, dy: number): Point {
    if (!this.zoom.on) return { x: dx, y: dy };
    const left = this.zoom.pan(dx, dy, this.container.getBoundingClientRect());
    this.layout();
    return left;
  }

  private setViewport(viewport: Viewport): void {
    if (viewport.width !== this.viewport.width) this.zoom.reset();
    this.viewport = viewport;
    this.stage.classList.toggle('live-phone', viewport.mobile === true); // undefined would turn it over
    this.layout();
  }

  private layout(): void {
    const room = { width: this.container.clientWidth, height: this.container.clientHeight };
    if (room.width === 0 || room.height === 0) return;
    const { largest = 1, keepWidth = false } = this.options;
    this.placement = this.zoom.of(place(this.viewport, room, { largest, keepWidth, reveal: this.reveal, edge: (this.viewport.mobile && this.options.phoneEdge) || 0 }));
    const { scale, left, top } = this.placement;
    const { style } = this.stage;
    style.width = `${this.viewport.width}px`;
    style.height = `${this.viewport.height}px`;
    style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
    style.setProperty('--live-unscale', String(1 / scale));
    this.options.placed?.();
  }
}

/** The button or key that is pressed or let go. */
function nameOf(ev: InputEvent): string {
  return ev.code ?? ev.key ?? `button ${ev.button}`;
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, className: string): HTMLElementTagNameMap[K] {
  const e = document.createElement(name);
  e.className = className;
  return e;
}
