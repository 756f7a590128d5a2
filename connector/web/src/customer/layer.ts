// The private layer: masked values, drawn over the picture where the page would show them. Only the customer receives them, and they
// are part of no picture. The page itself is clear in these places.
import type { LayerItem, Rect } from '../live';
import { h, icon } from './dom';
import { isLight } from './format';

/** Below this width a lock would hide the value. */
const lockRoom = 64;
const captionHeight = 26;

export class PrivateLayer {
  private readonly shown = new Map<string, { element: HTMLElement; item: string }>();
  private items: LayerItem[] = [];
  private readonly caption: HTMLElement;

  constructor(private readonly overlay: HTMLElement, explanation: string) {
    this.caption = h('div', { class: 'private-caption', hidden: true }, icon('lock'), explanation);
    overlay.append(this.caption);
  }

  show(items: LayerItem[]): void {
    this.items = items;
    const gone = new Set(this.shown.keys());
    for (const item of items) {
      gone.delete(item.id);
      this.draw(item);
    }
    for (const id of gone) this.remove(id);
    this.explain(items.find((i) => i.focused));
  }

  /** Explains what the pointer is over; coordinates of the page. */
  hover({ x, y }: { x: number; y: number }): void {
    this.explain(this.items.find((i) => within(i.clip, x, y)) ?? this.items.find((i) => i.focused));
  }

  private draw(item: LayerItem): void {
    const text = JSON.stringify(item);
    const before = this.shown.get(item.id);
    if (before?.item === text) return;
    const element = drawItem(item);
    if (before) before.element.replaceWith(element);
    else this.overlay.insertBefore(element, this.caption);
    this.shown.set(item.id, { element, item: text });
  }

  private remove(id: string): void {
    this.shown.get(id)?.element.remove();
    this.shown.delete(id);
  }

  private explain(item: LayerItem | undefined): void {
    this.caption.hidden = !item;
    if (!item) return;
    // Above the right end: labels stand on the left, the next field below.
    const { x, y, w, h: height } = item.clip;
    const above = y >= captionHeight + 4;
    this.caption.style.transform = `translate(${x + w}px, ${above ? y - captionHeight - 3 : y + height + 3}px) translateX(-100%)`;
  }
}

function drawItem(item: LayerItem): HTMLElement {
  const { rect, clip } = item;
  const inside = h('div', { class: `private private-${item.kind}${isLight(item.color) ? ' private-on-dark' : ''}` });
  put(inside, { x: rect.x - clip.x, y: rect.y - clip.y, w: rect.w, h: rect.h });
  if (item.image) inside.append(h('img', { src: item.image, alt: '' }));
  else inside.append(...(item.lines?.length ? lines(item) : [block(item)]));
  if (item.kind === 'field' && rect.w >= lockRoom) inside.append(icon('lock'));
  const window = h('div', { class: 'private-window', 'data-private': item.reason, 'aria-hidden': true }, inside);
  put(window, clip);
  return window;
}

/** Each line stands where the page broke it. */
function lines(item: LayerItem): HTMLElement[] {
  return (item.lines ?? []).map((line) => {
    const e = h('span', { class: 'private-line' }, line.text);
    put(e, { x: line.rect.x - item.rect.x, y: line.rect.y - item.rect.y, w: line.rect.w, h: line.rect.h });
    type(e, item);
    e.style.lineHeight = `${line.rect.h}px`;
    return e;
  });
}

function block(item: LayerItem): HTMLElement {
  const value = h('span', {});
  type(value, item);
  if (item.focused && item.caret !== undefined) {
    value.append(item.text.slice(0, item.caret), h('i', { class: 'caret' }), item.text.slice(item.caret));
  } else {
    value.append(item.text);
  }
  const manyLines = item.text.includes('\n');
  const e = h('span', { class: manyLines ? 'private-block private-top' : 'private-block' }, value);
  e.style.padding = item.padding;
  return e;
}

function type(e: HTMLElement, item: LayerItem): void {
  e.style.font = item.font;
  e.style.color = item.color;
  e.style.textAlign = item.align;
}

function put(e: HTMLElement, { x, y, w, h: height }: Rect): void {
  e.style.left = `${x}px`;
  e.style.top = `${y}px`;
  e.style.width = `${w}px`;
  e.style.height = `${height}px`;
}

function within(r: Rect, x: number, y: number): boolean {
  return x >= r.x && y >= r.y && x < r.x + r.w && y < r.y + r.h;
}
