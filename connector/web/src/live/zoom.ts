// How one person looks closer at the shared page: their own view of it, nobody else's.
import type { Placement } from './fit';
import type { Point } from './gesture';

interface Size { width: number; height: number }

const closest = 4;
/** Less than this is meant to be none. */
const least = 1.06;

export class Zoom {
  private scale = 1;
  private x = 0;
  private y = 0;

  get on(): boolean { return this.scale > 1; }

  reset(): void {
    this.scale = 1;
    this.x = this.y = 0;
  }

  /** Comes closer by a factor; what lies under `at` stays there. */
  pinch(at: Point, factor: number, room: Size): void {
    const scale = Math.min(closest, Math.max(1, this.scale * factor));
    this.x = at.x - ((at.x - this.x) / this.scale) * scale;
    this.y = at.y - ((at.y - this.y) / this.scale) * scale;
    this.scale = scale;
    this.keepIn(room);
  }

  /** Two fingers have left: what is almost none is none. */
  settle(): void {
    if (this.scale < least) this.reset();
  }

  /** Moves the view as a page that scrolls by so much; returns what is left over at the edge. */
  pan(dx: number, dy: number, room: Size): Point {
    const { x, y } = this;
    this.x -= dx;
    this.y -= dy;
    this.keepIn(room);
    return { x: dx - (x - this.x), y: dy - (y - this.y) };
  }

  /** A placement as it is seen from here. */
  of(p: Placement): Placement {
    return { scale: p.scale * this.scale, left: this.x + p.left * this.scale, top: this.y + p.top * this.scale };
  }

  private keepIn(room: Size): void {
    this.x = Math.min(0, Math.max(room.width * (1 - this.scale), this.x));
    this.y = Math.min(0, Math.max(room.height * (1 - this.scale), this.y));
  }
}
