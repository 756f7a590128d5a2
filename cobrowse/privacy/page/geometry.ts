// Where elements are, as far as ancestors and the viewport let them be seen. One Geometry serves one collection.

import { flatParent } from "./shadow";

export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

export const box = (r: DOMRect): Rect => ({ x: r.x, y: r.y, w: r.width, h: r.height });

function cut(a: Rect, b: Rect): Rect {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return { x, y, w: Math.max(0, Math.min(a.x + a.w, b.x + b.w) - x), h: Math.max(0, Math.min(a.y + a.h, b.y + b.h) - y) };
}

export class Geometry {
  private readonly viewport: Rect = { x: 0, y: 0, w: innerWidth, h: innerHeight };
  private readonly inside = new Map<Element, Rect>();

  /** Whether rect lies in the viewport at all. */
  near(r: DOMRect): boolean {
    return r.bottom > 0 && r.right > 0 && r.top < innerHeight && r.left < innerWidth;
  }

  /** The part of an element that its scrolling and clipping ancestors and the viewport leave visible. */
  visible(el: Element, rect: Rect): Rect {
    const parent = flatParent(el);
    return cut(rect, parent ? this.within(parent) : this.viewport);
  }

  /** What el lets be seen of what it holds. */
  private within(el: Element): Rect {
    const known = this.inside.get(el);
    if (known) return known;
    const parent = flatParent(el);
    let r = parent && el !== document.documentElement ? this.within(parent) : this.viewport;
    const clips = el !== document.documentElement && el !== document.body && getComputedStyle(el).overflow !== "visible";
    if (clips) r = cut(r, box(el.getBoundingClientRect()));
    this.inside.set(el, r);
    return r;
  }
}
