// The customer's private layer: what is hidden, as only its owner may see it. Coordinates are those of this frame's viewport.

import { config } from "./config";
import { isField, isPassword, type Field } from "./fields";
import { health } from "./health";
import { isMarked, reasonOf } from "./marks";
import { isShown, show } from "./reveal";
import { checkRules } from "./rules";
import { layerChanged } from "./say";
import { deepActive, flatParent, shadowOf } from "./shadow";
import { allRoots } from "./watch";

interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

interface Line {
  rect: Rect;
  text: string;
}

export interface Item {
  id: string;
  rect: Rect;
  clip: Rect;
  text: string;
  font: string;
  color: string;
  align: string;
  padding: string;
  kind: string;
  reason: string;
  image?: string;
  shown?: boolean;
  focused?: boolean;
  caret?: number;
  selected?: number;
  lines?: Line[];
}

const most = 400;
const longest = 2000;
const imageLimit = 200_000;

const ids = new WeakMap<Element, string>();
const byId = new Map<string, WeakRef<Element>>();
let lastId = 0;
function idOf(el: Element): string {
  let id = ids.get(el);
  if (!id) {
    ids.set(el, (id = String(++lastId)));
    byId.set(id, new WeakRef(el));
    if (lastId % 1000 === 0) for (const [old, ref] of byId) if (!ref.deref()?.isConnected) byId.delete(old);
  }
  return id;
}

/** Shows a picture of the layer to both, or hides it again. False when it is gone or not the customer's to show. */
export function reveal(id: string, on: boolean): boolean {
  const el = byId.get(id)?.deref();
  if (!el?.isConnected || !show(el, on)) return false;
  checkRules(el);
  return true;
}

const box = (r: DOMRect): Rect => ({ x: r.x, y: r.y, w: r.width, h: r.height });

function cut(a: Rect, b: Rect): Rect {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return { x, y, w: Math.max(0, Math.min(a.x + a.w, b.x + b.w) - x), h: Math.max(0, Math.min(a.y + a.h, b.y + b.h) - y) };
}

/** The part of an element that its scrolling and clipping ancestors and the viewport leave visible. */
function visible(el: Element, rect: Rect): Rect {
  let clip = cut(rect, { x: 0, y: 0, w: innerWidth, h: innerHeight });
  for (let p = flatParent(el); p && p !== document.documentElement && clip.w > 0; p = flatParent(p)) {
    if (getComputedStyle(p).overflow !== "visible" && p !== document.body) clip = cut(clip, box(p.getBoundingClientRect()));
  }
  return clip;
}

function styled(el: Element): Pick<Item, "font" | "color" | "align" | "padding"> {
  const s = getComputedStyle(el);
  return {
    font: `${s.fontStyle} ${s.fontWeight} ${s.fontSize}/${s.lineHeight} ${s.fontFamily}`,
    color: s.color,
    align: s.textAlign,
    padding: `${s.paddingTop} ${s.paddingRight} ${s.paddingBottom} ${s.paddingLeft}`,
  };
}

function fieldText(el: Field): string {
  if (el instanceof HTMLSelectElement) return el.selectedOptions[0]?.text ?? "";
  return isPassword(el) ? "•".repeat(el.value.length) : el.value;
}

function fieldItem(el: Field, reason: string): Item | null {
  const rect = box(el.getBoundingClientRect());
  const focused = el === deepActive();
  const item: Item = { id: idOf(el), rect, clip: visible(el, rect), text: fieldText(el).slice(0, longest), kind: "field", reason, ...styled(el) };
  if (focused) {
    item.focused = true;
    if (!(el instanceof HTMLSelectElement)) {
      item.caret = el.selectionEnd ?? el.value.length;
      item.selected = item.caret - (el.selectionStart ?? item.caret);
    }
  }
  return item;
}

/** The line boxes of the texts directly in el. */
function linesOf(el: Element): Line[] {
  const lines: Line[] = [];
  const range = document.createRange();
  let budget = longest;
  for (const node of el.childNodes) {
    if (!(node instanceof Text) || !node.data.trim()) continue;
    for (const word of node.data.matchAll(/\S+\s*|^\s+/g)) {
      if ((budget -= word[0].length) < 0) return lines;
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      for (const r of range.getClientRects()) addToLine(lines, box(r), range.toString());
    }
  }
  return lines;
}

function addToLine(lines: Line[], r: Rect, text: string): void {
  if (!r.w || !r.h) return;
  const last = lines[lines.length - 1];
  if (last && Math.abs(last.rect.y - r.y) < 2 && r.x >= last.rect.x) {
    last.rect.w = Math.max(last.rect.w, r.x + r.w - last.rect.x);
    last.text += text;
  } else lines.push({ rect: r, text });
}

function textItem(el: Element, reason: string): Item | null {
  const lines = linesOf(el);
  if (!lines.length) return null;
  const rect = box(el.getBoundingClientRect());
  return { id: idOf(el), rect, clip: visible(el, rect), text: lines.map((l) => l.text.trim()).join("\n"), kind: "text", reason, lines, ...styled(el) };
}

function picture(el: HTMLImageElement | HTMLCanvasElement, rect: Rect): string | undefined {
  try {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.min(1280, rect.w));
    canvas.height = Math.max(1, Math.min(1280, rect.h));
    canvas.getContext("2d")!.drawImage(el, 0, 0, canvas.width, canvas.height);
    const url = canvas.toDataURL("image/webp", 0.8);
    return url.length <= imageLimit ? url : undefined;
  } catch {
    return undefined; // another origin's picture: the layer shows a frame only
  }
}

function pictureItem(el: HTMLImageElement | HTMLCanvasElement, reason: string): Item {
  const rect = box(el.getBoundingClientRect());
  const item: Item = { id: idOf(el), rect, clip: visible(el, rect), text: "", kind: el instanceof HTMLCanvasElement ? "canvas" : "image", reason, ...styled(el) };
  const image = rect.w && rect.h ? picture(el, rect) : undefined;
  if (image) item.image = image;
  return item;
}

function itemOf(el: Element, reason: string): Item | null {
  if (isField(el)) return fieldItem(el, reason);
  if (el instanceof HTMLImageElement || el instanceof HTMLCanvasElement) return pictureItem(el, reason);
  return textItem(el, reason);
}

const mostValues = 1000;
const longestValue = 200; // no title or address repeats more

/** The texts of something hidden that a title or an address could repeat: as a whole, and of each of its parts. */
function addValues(values: Set<string>, el: Element): void {
  const add = (text: string) => {
    const value = text.replace(/\s+/g, " ").trim();
    if (value && value.length <= longestValue && values.size < mostValues) values.add(value);
  };
  if (isField(el)) {
    if (!isPassword(el)) add(fieldText(el));
    return;
  }
  if (el.children.length && el.textContent.length <= 10 * longestValue) add(el.textContent);
  let own = "";
  for (const node of el.childNodes) if (node instanceof Text) own += node.data;
  add(own);
}

export interface Collected {
  items: Item[];
  /** Texts of all that is hidden, in or out of sight: they must not leave by another way. */
  values: string[];
  /** Nothing more comes by itself. */
  parsed: boolean;
  /** How often each rule matches here. */
  rules: Record<string, number>;
}

/** Everything hidden: what could be seen now as items. */
export function collect(): Collected {
  const items: Item[] = [];
  const values = new Set<string>();
  const done = new Set<Element>();
  const add = (el: Element, reason: string) => {
    if (done.has(el)) return;
    done.add(el);
    addValues(values, el);
    const item = items.length < most && el.checkVisibility() ? itemOf(el, isMarked(el) ? reasonOf(el) : reason) : null;
    if (item && item.clip.w > 0 && item.clip.h > 0) items.push(item);
    for (const child of (shadowOf(el) ?? el).children) add(child, reason);
  };
  for (const root of allRoots()) {
    for (const el of root.querySelectorAll(`[${config.mark}]`)) add(el, reasonOf(el));
    for (const el of root.querySelectorAll(`[${config.reveal}]`)) {
      const item = isShown(el) && el.checkVisibility() ? itemOf(el, "picture") : null;
      if (item && item.clip.w > 0 && item.clip.h > 0) items.push({ ...item, shown: true });
    }
  }
  items.push(...messages());
  return { items, values: [...values], parsed: document.readyState !== "loading", rules: health(layerChanged) };
}

let message: { field: Element; text: string; until: number } | undefined;

/** Validation messages are bubbles of the browser, outside the page's masks: they are suppressed and told to the customer alone. */
export function showMessage(field: Element, text: string): void {
  message = { field, text, until: performance.now() + 5000 };
}

function messages(): Item[] {
  if (!message || performance.now() > message.until || !message.field.isConnected) return [];
  const r = message.field.getBoundingClientRect();
  const rect = { x: r.x, y: r.bottom + 2, w: Math.max(r.width, 200), h: 20 };
  return [{ ...styled(message.field), id: "message", rect, clip: rect, text: message.text, color: "rgb(164, 38, 44)", kind: "text", reason: "message" }];
}
