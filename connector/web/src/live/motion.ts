// Tells from two pictures in a row where the page scrolled: what lies over the page must not stand where its place was.
import type { Rect } from './messages';

/** Values along the page's height, one list per strip of its width: what the rows of a picture look like. */
type Profile = readonly Float32Array[];

const strips = 3;
/** Pixels across each strip that are looked at. */
const samples = 32;
const band = 128;
/** Less than this on average is the codec's noise. */
const noise = 0.8;
/** A shift must explain this much better what changed than the picture staying where it was. */
const better = 0.5;
const farthest = 640;

/** How far the rows around `y` moved up from one profile to the next; 0 when they did not, or changed in another way. */
export function shiftOf(before: Float32Array, after: Float32Array, y: number): number {
  const from = Math.max(0, Math.min(Math.round(y - band / 2), after.length - band));
  const to = Math.min(after.length, from + band);
  const still = distance(before, after, from, to, 0);
  if (still < noise) return 0;
  let best = still * better;
  let shift = 0;
  for (let s = -farthest; s <= farthest; s++) {
    if (s === 0 || from + s < 0 || to + s > before.length) continue;
    const d = distance(before, after, from, to, s);
    if (d < best) {
      best = d;
      shift = s;
    }
  }
  return shift;
}

function distance(before: Float32Array, after: Float32Array, from: number, to: number, shift: number): number {
  let sum = 0;
  for (let y = from; y < to; y++) sum += Math.abs((after[y] as number) - (before[y + shift] as number));
  return sum / Math.max(1, to - from);
}

/** Looks at every picture on a canvas, in the page's coordinates. */
export class Motion {
  private readonly small = document.createElement('canvas');
  private readonly context: CanvasRenderingContext2D | null;
  private before: Profile | undefined;
  private now: Profile | undefined;
  private cells = new Map<string, boolean>();

  constructor() {
    this.context = this.small.getContext('2d', { willReadFrequently: false, alpha: false });
  }

  /** Takes in the picture that was just drawn; `size` is the page's. */
  look(picture: HTMLCanvasElement, size: { width: number; height: number }): void {
    this.before = this.now;
    this.now = this.profileOf(picture, size);
    this.cells.clear();
    if (this.before?.[0]?.length !== this.now?.[0]?.length) this.before = undefined;
  }

  /** Whether the page scrolled under this place between the last two pictures. */
  moved(place: Rect, width: number): boolean {
    const { before, now } = this;
    if (!before || !now) return false;
    const strip = Math.max(0, Math.min(strips - 1, Math.floor(((place.x + place.w / 2) / width) * strips)));
    const y = Math.floor((place.y + place.h / 2) / (band / 2)) * (band / 2);
    const key = `${strip}/${y}`;
    const known = this.cells.get(key);
    if (known !== undefined) return known;
    const moved = shiftOf(before[strip] as Float32Array, now[strip] as Float32Array, y) !== 0;
    this.cells.set(key, moved);
    return moved;
  }

  private profileOf(picture: HTMLCanvasElement, { height }: { height: number }): Profile | undefined {
    if (!this.context || height < band) return undefined;
    const columns = strips * samples;
    if (this.small.width !== columns || this.small.height !== height) {
      this.small.width = columns;
      this.small.height = height;
    }
    this.context.drawImage(picture, 0, 0, columns, height);
    const { data } = this.context.getImageData(0, 0, columns, height);
    return Array.from({ length: strips }, (_, strip) => {
      const rows = new Float32Array(height);
      for (let y = 0; y < height; y++) {
        let sum = 0;
        for (let x = 0; x < samples; x++) sum += data[(y * columns + strip * samples + x) * 4 + 1] as number;
        rows[y] = sum / samples;
      }
      return rows;
    });
  }
}
