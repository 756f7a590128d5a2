// One private thing as it is drawn over the picture, in the page's own type.
import type { LayerItem, Rect } from '../live';
import { h, icon } from '../ui/dom';
import { isLight } from '../ui/colour';
import type { Text } from './echo';

/** Smaller than this, a sign in place of a picture has no words; and no button. */
const signWords = { w: 150, h: 64 };
const signButton = { w: 200, h: 130 };

export interface DrawOptions {
  /** What to draw instead of the item's own text: it is being typed. */
  typed?: Text;
  /** What an input method is composing at the caret. */
  composing?: string;
  /** Whether the focused field takes text, so that it has a caret. */
  editable: boolean;
  /** Words for what cannot be shown. */
  unread: string;
  /** The button for it, where the customer may show it to both. */
  reveal?: { label: string; run: () => void };
}

export function drawItem(item: LayerItem, options: DrawOptions): HTMLElement {
  const inside = h('div', { class: `private private-${item.kind}${isLight(item.color) ? ' private-on-dark' : ''}` }, ...contents(item, options));
  const window = h('div', { class: 'private-window', 'data-private': item.reason, 'aria-hidden': true }, inside);
  place(window, item);
  return window;
}

/** Gives a picture that is drawn already its new place and its new bytes: one made anew is not there for a moment. */
export function redrawPicture(window: HTMLElement, item: LayerItem): boolean {
  const img = window.querySelector('img');
  if (!img || !item.image || item.shown) return false;
  if (img.src !== item.image) img.src = item.image;
  place(window, item);
  return true;
}

function place(window: HTMLElement, { rect, clip }: LayerItem): void {
  put(window, clip);
  put(window.firstElementChild as HTMLElement, { x: rect.x - clip.x, y: rect.y - clip.y, w: rect.w, h: rect.h });
}

/** A long text in a narrow field is shown where the caret is. Call when the element is in the document. */
export function followCaret(element: HTMLElement): void {
  const caret = element.querySelector<HTMLElement>('.caret');
  const block = caret?.closest<HTMLElement>('.private-block');
  if (!caret || !block) return;
  const { paddingLeft, paddingRight } = getComputedStyle(block);
  const right = block.clientWidth - parseFloat(paddingRight) - 1;
  const hidden = caret.offsetLeft - block.scrollLeft - right;
  if (hidden > 0) block.scrollLeft += hidden + parseFloat(paddingLeft);
}

function contents(item: LayerItem, options: DrawOptions): HTMLElement[] {
  if (item.shown) return [];
  if (item.image) return [h('img', { src: item.image, alt: '', decoding: 'sync' })];
  if (item.unread) return [sign(item, options)];
  if (item.kind === 'image' || item.kind === 'canvas' || item.kind === 'video') return []; // its bytes come with the next layer
  return item.lines?.length ? lines(item) : [block(item, options)];
}

/** Stands where something is that nobody could copy. */
function sign(item: LayerItem, { unread, reveal }: DrawOptions): HTMLElement {
  const { w, h: height } = item.clip;
  const small = w < signWords.w || height < signWords.h;
  const e = h('div', { class: 'private-unread' }, icon('eyeOff'), !small && h('span', {}, unread),
    reveal && w >= signButton.w && height >= signButton.h && revealButton(reveal));
  // The words stand in the visible part, however far the thing itself reaches.
  put(e, { x: item.clip.x - item.rect.x, y: item.clip.y - item.rect.y, w, h: height });
  return e;
}

/** For the mouse and the finger; the keyboard and screen readers have the one on the lock's card. */
function revealButton({ label, run }: { label: string; run: () => void }): HTMLElement {
  const stay = (e: Event): void => {
    e.stopPropagation(); // it is not the page's
    e.preventDefault();
  };
  return h('button', { type: 'button', class: 'private-reveal', tabindex: -1, onpointerdown: stay, onpointerup: stay, onclick: (e) => {
    (e.currentTarget as HTMLButtonElement).disabled = true; // until the service has answered
    run();
  } }, label);
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

function block(item: LayerItem, { typed, composing = '', editable }: DrawOptions): HTMLElement {
  const caret = item.caret ?? 0;
  const { text, from, caret: to } = typed ?? { text: item.text, from: Math.max(0, caret - (item.selected ?? 0)), caret };
  const value = h('span', {});
  type(value, item);
  if (item.focused && editable) {
    value.append(text.slice(0, from));
    if (to > from) value.append(h('mark', {}, text.slice(from, to)));
    if (composing) value.append(h('u', {}, composing));
    value.append(h('i', { class: 'caret' }), text.slice(to));
  } else {
    value.append(text);
  }
  const e = h('span', { class: text.includes('\n') ? 'private-block private-top' : 'private-block' }, value);
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
