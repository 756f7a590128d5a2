// Where something is hidden the picture is empty. A quiet sign says that it is no mistake.
import type { Rect } from '../live';

/** A smaller area has no room for a lock. */
const lockRoom = { w: 28, h: 18 };

export class HiddenAreas {
  private readonly element = document.createElement('div');
  private shown = '';

  /** `overlay` has the page's coordinates. */
  constructor(overlay: HTMLElement) {
    this.element.className = 'hidden-areas';
    this.element.setAttribute('aria-hidden', 'true');
    overlay.append(this.element);
  }

  /** They come before the picture that they belong to, so each change fades in (in the style sheet). */
  show(areas: readonly Rect[]): void {
    const text = JSON.stringify(areas);
    if (text === this.shown) return;
    this.shown = text;
    this.element.replaceChildren(...areas.map(drawn));
  }
}

function drawn({ x, y, w, h }: Rect): HTMLElement {
  const e = document.createElement('div');
  e.className = w >= lockRoom.w && h >= lockRoom.h ? 'hidden-area locked' : 'hidden-area';
  Object.assign(e.style, { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px` });
  return e;
}

export function within(r: Rect, at: { x: number; y: number }): boolean {
  return at.x >= r.x && at.y >= r.y && at.x < r.x + r.w && at.y < r.y + r.h;
}
