// Which small locks stand on what is hidden: one for each thing, one for neighbours, few in all.
import type { LayerItem, Rect } from '../live';

export interface Lock {
  /** Stays the same while what it stands for is there. */
  id: string;
  /** Its middle, in the page's coordinates. */
  x: number;
  y: number;
  items: LayerItem[];
}

/** Locks nearer to each other than a finger is wide, on the screen, are one. */
const reach = 26;
/** More would be a page of locks. */
const most = 14;
const pictures = new Set<LayerItem['kind']>(['image', 'canvas', 'video', 'plugin']);

function isPicture(item: LayerItem): boolean { return pictures.has(item.kind); }

/** Whether the customer could show it to both: only what nobody but the product's own caution hid. */
export function mayShow(item: LayerItem): boolean { return isPicture(item) && item.reason === 'picture'; }

/** `scale` is how large the page stands on the screen; `width` the page's. */
export function locksFor(items: readonly LayerItem[], scale: number, width: number): Lock[] {
  const marked = items.filter((i) => i.reason !== 'message' && i.clip.w > 0 && i.clip.h > 0);
  for (let near = reach / scale; ; near *= 2) {
    const locks = grouped(marked, near, width, 10 / scale);
    if (locks.length <= most || near > 4 * width) return locks;
  }
}

function grouped(items: readonly LayerItem[], near: number, width: number, edge: number): Lock[] {
  const locks: Lock[] = [];
  const sorted = [...items].sort((a, b) => a.clip.y - b.clip.y || b.clip.x + b.clip.w - a.clip.x - a.clip.w);
  for (const item of sorted) {
    const { x, y } = cornerOf(item, width, edge);
    const lock = locks.find((l) => Math.hypot(l.x - x, l.y - y) < near || l.items.some((other) => continues(other, item, near)));
    if (lock) lock.items.push(item);
    else locks.push({ id: item.id, x, y, items: [item] });
  }
  return locks;
}

/** The upper right corner, where it covers the least: behind the last letter of a text, inside of pictures. Never beyond the page's edge. */
function cornerOf(item: LayerItem, width: number, edge: number): { x: number; y: number } {
  const r = firstLine(item);
  const inside = isPicture(item) || item.kind === 'frame';
  const x = inside ? r.x + r.w - 1.2 * edge : r.x + r.w + (item.kind === 'field' ? -0.9 : 0.7) * edge;
  const y = inside ? r.y + 1.2 * edge : item.kind === 'text' ? r.y - 0.2 * edge : r.y;
  return { x: Math.min(Math.max(x, edge), width - edge), y: Math.max(y, edge) };
}

function firstLine(item: LayerItem): Rect {
  const line = item.kind === 'text' ? item.lines?.find((l) => l.rect.y + l.rect.h > item.clip.y)?.rect : undefined;
  if (!line) return item.clip;
  const right = Math.min(line.x + line.w, item.clip.x + item.clip.w);
  return { x: line.x, y: Math.max(line.y, item.clip.y), w: right - line.x, h: line.h };
}

/** Texts that stand under one another, like the lines of an address. */
function continues(a: LayerItem, b: LayerItem, near: number): boolean {
  if (a.kind !== 'text' || b.kind !== 'text') return false;
  const gap = b.clip.y - (a.clip.y + a.clip.h);
  return gap < near / 2 && gap > -a.clip.h && b.clip.x < a.clip.x + a.clip.w && a.clip.x < b.clip.x + b.clip.w;
}

/** Why things are hidden: each reason once, the first ones first. */
export function reasonsOf(items: readonly LayerItem[]): string[] {
  return [...new Set(items.map((i) => i.reason))];
}
