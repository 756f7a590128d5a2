// Reads fingers: a tap clicks, a drag scrolls or is the page's own, a long press is the right button, two fingers that part come closer.
// Knows no DOM, so that it can be tested.

export interface Point { x: number; y: number }

interface GestureEvents {
  tap: (at: Point) => void;
  longPress: (at: Point) => void;
  /** One finger sets out from where it came down. True: the page takes it as a finger, and hears of its way until it is dropped. */
  grab: (at: Point) => boolean;
  drag: (at: Point) => void;
  drop: (at: Point) => void;
  /** Where the fingers are and how far they went, in the caller's units. */
  scroll: (at: Point, dx: number, dy: number) => void;
  /** Two fingers around a place have parted, or come together, by this factor. */
  pinch: (at: Point, factor: number) => void;
  /** The pinch is over. */
  pinched: () => void;
  /** The speed at which the finger left, per millisecond. */
  fling: (at: Point, vx: number, vy: number) => void;
}

const slop = 9;
const longPressAfter = 550;
/** Two fingers that scroll come no nearer to each other than this. */
const pinchSlop = 24;
/** Only what moved in the last moments counts as a fling; a finger that rested first means to stop. */
const flingWindow = 80;

interface Trace { at: Point; time: number }

export class Gestures {
  private readonly fingers = new Map<number, Point>();
  private start: Point = { x: 0, y: 0 };
  private moved = false;
  private spent = false;
  private grabbed = false;
  private apart = 0;
  private pinching = false;
  private traces: Trace[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly events: GestureEvents) {}

  down(id: number, at: Point): void {
    this.letGo();
    this.fingers.set(id, at);
    if (this.fingers.size > 1) {
      this.moved = true; // two fingers scroll, they never tap
      this.apart = this.distance();
      clearTimeout(this.timer);
      return;
    }
    this.start = at;
    this.moved = false;
    this.spent = false;
    this.traces = [];
    this.timer = setTimeout(() => this.held(), longPressAfter);
  }

  move(id: number, at: Point, time: number): void {
    const last = this.fingers.get(id);
    if (!last || this.spent) return;
    if (!this.moved && Math.hypot(at.x - this.start.x, at.y - this.start.y) < slop) return;
    if (!this.moved) {
      this.moved = true;
      clearTimeout(this.timer);
      this.grabbed = this.events.grab(this.start);
    }
    if (this.grabbed) {
      this.fingers.set(id, at);
      this.events.drag(at);
      return;
    }
    const before = this.distance();
    this.fingers.set(id, at);
    this.traces.push({ at, time });
    if (this.fingers.size === 2 && this.parted(before)) return;
    const share = 1 / this.fingers.size; // each finger of a pair adds its half
    this.events.scroll(this.start, (last.x - at.x) * share, (last.y - at.y) * share);
  }

  up(id: number, time: number): void {
    const dropped = this.letGo();
    if (!this.fingers.delete(id) || dropped) return;
    if (this.pinching && this.fingers.size < 2) {
      this.pinching = false;
      this.spent = true; // the finger that is left does not mean to scroll
      this.events.pinched();
    }
    if (this.fingers.size > 0) return;
    clearTimeout(this.timer);
    if (this.spent) return;
    if (!this.moved) this.events.tap(this.start);
    else this.maybeFling(time);
  }

  cancel(): void {
    this.letGo();
    clearTimeout(this.timer);
    this.fingers.clear();
    this.spent = true;
  }

  /** Ends what the page takes as a finger, wherever that is, and tells whether there was one. */
  private letGo(): boolean {
    const [at] = this.fingers.values();
    if (!this.grabbed || !at) return false;
    this.grabbed = false;
    this.events.drop(at);
    return true;
  }

  /** Whether the two fingers pinch; `before` is how far apart they were. */
  private parted(before: number): boolean {
    const now = this.distance();
    this.pinching ||= Math.abs(now - this.apart) > pinchSlop;
    if (!this.pinching) return false;
    const [a, b] = [...this.fingers.values()] as [Point, Point];
    this.events.pinch({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, now / Math.max(1, before));
    return true;
  }

  private distance(): number {
    const [a, b] = [...this.fingers.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  }

  private held(): void {
    this.spent = true;
    this.events.longPress(this.start);
  }

  private maybeFling(time: number): void {
    const recent = this.traces.filter((t) => time - t.time < flingWindow);
    const from = recent[0];
    const to = recent[recent.length - 1];
    if (!from || !to || to.time <= from.time) return;
    const took = to.time - from.time;
    this.events.fling(this.start, (from.at.x - to.at.x) / took, (from.at.y - to.at.y) / took);
  }
}
