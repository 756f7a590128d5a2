// Mouse, pen, wheel and fingers on the shared page become input events in the page's coordinates.
import type { InputEvent } from './messages';
import { Gestures, type Point } from './gesture';
import { isMac, modsOf } from './keys';

interface PointerEvents {
  input: (ev: InputEvent) => void;
  /** Before the first event of a press, inside the browser's own event: time to take the focus. */
  pressed: (byTouch: boolean, at: Point) => void;
  /** This person comes closer to a place of the window by a factor; 0 when they are done. */
  zoom: (clientX: number, clientY: number, factor: number) => void;
  /** Whether the page has a touch screen for this person: else a finger turns the wheel. */
  fingers: () => boolean;
  /** Moves a closer view by so many pixels of the screen; returns what is left for the page. */
  pan: (dx: number, dy: number) => Point;
}

const doubleClickWithin = 450;
const doubleClickReach = 6;
const doubleTapReach = 24;
/** Of a pinch on a trackpad, which comes as a wheel. */
const pinchSpeed = 0.01;
const lineHeight = 18;
/** A finger that rested so long, in milliseconds, flings nothing. */
const restTime = 500;
/** A fling loses this share of its speed per millisecond, and ends below the last speed. */
const friction = 0.0028;
const lastSpeed = 0.03;

/** DOM buttons are 0 left, 1 middle, 2 right, as in the protocol; what lies beyond (back, forward) is the person's own browser's. */
const lastButton = 2;

export class Pointers {
  private clicks = 0;
  private lastPress: Press = { time: -Infinity, button: -1, x: 0, y: 0 };
  private right = false;
  private move: InputEvent | undefined;
  private wheel: InputEvent | undefined;
  private frame = 0;
  private flinging = 0;
  private readonly mac = isMac();
  private readonly gestures: Gestures;

  /** `toPage` maps client coordinates to the page's; `scale` is how large the page stands on the screen. */
  constructor(
    private readonly stage: HTMLElement,
    private readonly toPage: (clientX: number, clientY: number) => Point,
    private readonly scale: () => number,
    private readonly events: PointerEvents,
  ) {
    this.gestures = new Gestures({
      tap: (at) => this.tap(at, 0),
      longPress: (at) => this.tap(at, 2),
      grab: (at) => this.grab(at),
      drag: (at) => this.dragged(at),
      drop: (at) => this.drop(at),
      scroll: (at, dx, dy) => this.scrollBy(at, dx, dy),
      pinch: (at, factor) => events.zoom(at.x, at.y, factor),
      pinched: () => events.zoom(0, 0, 0),
      fling: (at, vx, vy) => this.fling(at, vx, vy),
    });
    stage.addEventListener('pointerdown', (e) => this.down(e));
    stage.addEventListener('pointermove', (e) => this.moved(e));
    stage.addEventListener('pointerup', (e) => this.up(e));
    stage.addEventListener('pointercancel', (e) => this.cancelled(e));
    stage.addEventListener('wheel', (e) => this.wheeled(e), { passive: false });
    stage.addEventListener('contextmenu', (e) => e.preventDefault());
    stage.addEventListener('auxclick', (e) => e.preventDefault());
  }

  private down(e: PointerEvent): void {
    this.stopFling();
    if (e.pointerType === 'touch') {
      this.gestures.down(e.pointerId, { x: e.clientX, y: e.clientY });
      return;
    }
    if (e.button > lastButton) return;
    e.preventDefault(); // else the stage would take the focus from the keyboard's field
    this.stage.setPointerCapture(e.pointerId);
    const at = this.toPage(e.clientX, e.clientY);
    this.events.pressed(false, at);
    this.flush();
    this.right = this.mac && e.ctrlKey && e.button === 0;
    this.countClicks({ button: e.button, x: e.clientX, y: e.clientY, time: e.timeStamp }, doubleClickReach);
    this.events.input({ kind: 'down', ...at, ...this.pressed(e), clicks: this.clicks });
  }

  private moved(e: PointerEvent): void {
    if (e.pointerType === 'touch') {
      this.gestures.move(e.pointerId, { x: e.clientX, y: e.clientY }, e.timeStamp);
      return;
    }
    this.move = { kind: 'move', ...this.toPage(e.clientX, e.clientY), buttons: e.buttons, mods: modsOf(e, this.mac) };
    this.soon();
  }

  private up(e: PointerEvent): void {
    if (e.pointerType === 'touch') {
      this.gestures.up(e.pointerId, e.timeStamp);
      return;
    }
    if (e.button > lastButton) return;
    this.flush();
    const at = this.toPage(e.clientX, e.clientY);
    this.events.input({ kind: 'up', ...at, ...this.pressed(e), clicks: this.clicks });
  }

  /** A Mac's only button is the right one while Control is held. */
  private pressed(e: PointerEvent): Pick<InputEvent, 'button' | 'buttons' | 'mods'> {
    if (!this.right || e.button !== 0) return { button: e.button, buttons: e.buttons, mods: modsOf(e, this.mac) };
    return { button: 2, buttons: e.buttons && 2, mods: modsOf({ ...modifiers(e), ctrlKey: false }, this.mac) };
  }

  private cancelled(e: PointerEvent): void {
    if (e.pointerType === 'touch') this.gestures.cancel();
    else this.events.input({ kind: 'up', ...this.toPage(e.clientX, e.clientY), button: 0, buttons: 0, clicks: this.clicks });
  }

  private wheeled(e: WheelEvent): void {
    e.preventDefault();
    if (e.ctrlKey) {
      this.events.zoom(e.clientX, e.clientY, Math.exp(-e.deltaY * pinchSpeed));
      return;
    }
    const unit = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? lineHeight : e.deltaMode === WheelEvent.DOM_DELTA_PAGE ? this.stage.clientHeight : 1;
    const left = this.events.pan(e.deltaX * unit, e.deltaY * unit);
    if (left.x !== 0 || left.y !== 0) this.addWheel(this.toPage(e.clientX, e.clientY), left.x, left.y, modsOf(e, this.mac));
  }

  private tap(at: Point, button: 0 | 2): void {
    const point = this.toPage(at.x, at.y);
    this.events.pressed(true, point);
    this.flush();
    this.countClicks({ button, x: at.x, y: at.y, time: performance.now() }, doubleTapReach);
    this.events.input({ kind: 'move', ...point });
    const finger = this.events.fingers() && button === 0 ? { time: performance.now() } : {};
    this.events.input({ kind: 'down', ...point, button, buttons: button === 0 ? 1 : 2, clicks: this.clicks, ...finger });
    this.events.input({ kind: 'up', ...point, button, buttons: 0, clicks: this.clicks, ...finger });
  }

  /** No click: the page sees a finger that came down and is on its way. */
  private grab(at: Point): boolean {
    if (!this.events.fingers()) return false;
    this.flush();
    this.events.input({ kind: 'down', ...this.toPage(at.x, at.y), button: 0, buttons: 1, clicks: 0, time: performance.now() });
    return true;
  }

  private dragged(at: Point): void {
    this.move = { kind: 'move', ...this.toPage(at.x, at.y), buttons: 1, time: performance.now() };
    this.soon();
  }

  /** After a finger that rested before it left, the page does not go on scrolling. */
  private drop(at: Point): void {
    const rested = lessMotion() ? restTime : 0;
    this.flush();
    this.events.input({ kind: 'up', ...this.toPage(at.x, at.y), button: 0, buttons: 0, clicks: 0, time: performance.now() + rested });
  }

  private scrollBy(at: Point, dx: number, dy: number): void {
    const left = this.events.pan(dx, dy);
    if (left.x !== 0 || left.y !== 0) this.addWheel(this.toPage(at.x, at.y), left.x / this.scale(), left.y / this.scale(), 0);
  }

  private fling(at: Point, vx: number, vy: number): void {
    if (lessMotion()) return;
    let before = performance.now();
    const step = (now: number) => {
      const took = now - before;
      before = now;
      this.scrollBy(at, vx * took, vy * took);
      const keep = Math.exp(-friction * took);
      vx *= keep;
      vy *= keep;
      this.flinging = Math.hypot(vx, vy) > lastSpeed ? requestAnimationFrame(step) : 0;
    };
    this.flinging = requestAnimationFrame(step);
  }

  private stopFling(): void {
    cancelAnimationFrame(this.flinging);
    this.flinging = 0;
  }

  private addWheel(at: Point, dx: number, dy: number, mods: number): void {
    this.wheel = { kind: 'wheel', ...at, dx: (this.wheel?.dx ?? 0) + dx, dy: (this.wheel?.dy ?? 0) + dy, mods };
    this.soon();
  }

  /** Moves and wheel turns go out once per animation frame; a press sends what waits before itself. */
  private soon(): void {
    this.frame ||= requestAnimationFrame(() => this.flush());
  }

  private flush(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const { move, wheel } = this;
    this.move = this.wheel = undefined;
    if (move) this.events.input(move);
    if (wheel) this.events.input(wheel);
  }

  private countClicks(press: Press, reach: number): void {
    const last = this.lastPress;
    const again = press.button === last.button && press.time - last.time < doubleClickWithin && Math.hypot(press.x - last.x, press.y - last.y) < reach;
    this.clicks = again ? (this.clicks % 3) + 1 : 1;
    this.lastPress = press;
  }
}

function lessMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

interface Press { time: number; button: number; x: number; y: number }

function modifiers({ altKey, ctrlKey, metaKey, shiftKey }: PointerEvent) {
  return { altKey, ctrlKey, metaKey, shiftKey };
}
