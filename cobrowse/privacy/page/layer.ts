// The customer's private layer: what is hidden, as only its owner may see it. Coordinates are those of this frame's viewport.

import { config } from "./config";
import { forbidden } from "./echoes";
import { isField, isPassword, takesText, type Field } from "./fields";
import { box, Geometry, type Rect } from "./geometry";
import { health } from "./health";
import { isHidden, isMarked, reasonOf } from "./marks";
import { pictureOf } from "./picture";
import { isShown, show } from "./reveal";
import { checkRules } from "./rules";
import { layerChanged, layerTook } from "./say";
import { deepActive, shadowOf } from "./shadow";
import { allRoots } from "./watch";

interface Line {
  rect: Rect;
  text: string;
}

interface Item {
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
  /** Names the state of the picture, see collect. */
  picture?: string;
  unread?: boolean;
  shown?: boolean;
  focused?: boolean;
  caret?: number;
  selected?: number;
  lines?: Line[];
}

const most = 1200;
const longest = 2000;
const mostText = 200_000;
const mostImages = 4_000_000;

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

/** The item of a frame's element, "" when it is not hidden. */
export function hiddenFrame(el: Element): string {
  return isHidden(el) ? idOf(el) : "";
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
  if (el instanceof HTMLInputElement && el.type === "checkbox") return el.checked ? "☑" : "☐";
  if (el instanceof HTMLInputElement && el.type === "radio") return el.checked ? "◉" : "○";
  if (el instanceof HTMLInputElement && el.type === "file") return Array.from(el.files ?? [], (f) => f.name).join(", ");
  if (el instanceof HTMLSelectElement) return el.selectedOptions[0]?.text ?? "";
  return isPassword(el) ? "•".repeat(el.value.length) : el.value;
}

function fieldItem(el: Field, reason: string, g: Geometry): Item {
  const rect = box(el.getBoundingClientRect());
  const focused = el === deepActive();
  const item: Item = { id: idOf(el), rect, clip: g.visible(el, rect), text: fieldText(el).slice(0, longest), kind: "field", reason, ...styled(el) };
  if (focused) {
    item.focused = true;
    if (takesText(el)) {
      const { selectionStart, selectionEnd, value } = el as HTMLInputElement;
      item.caret = selectionEnd ?? value.length;
      item.selected = item.caret - (selectionStart ?? item.caret);
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
      const rects = range.getClientRects();
      if (rects.length === 1) addToLine(lines, box(rects[0]!), word[0]);
      else addLetters(lines, range, node, word.index, word[0]);
    }
  }
  return lines;
}

/** A word that is broken over lines, or whose first letter has a style of its own. */
function addLetters(lines: Line[], range: Range, node: Text, at: number, word: string): void {
  for (const c of word) {
    range.setStart(node, at);
    range.setEnd(node, (at += c.length));
    const r = range.getClientRects()[0];
    if (r) addToLine(lines, box(r), c);
  }
}

function addToLine(lines: Line[], r: Rect, text: string): void {
  if (!r.w || !r.h) return;
  const last = lines[lines.length - 1];
  if (last && Math.abs(last.rect.y - r.y) < 2 && r.x >= last.rect.x) {
    last.rect.w = Math.max(last.rect.w, r.x + r.w - last.rect.x);
    last.text += text;
  } else lines.push({ rect: r, text });
}

function textItem(el: Element, reason: string, g: Geometry): Item | null {
  const lines = linesOf(el);
  if (!lines.length) return null;
  const rect = box(el.getBoundingClientRect());
  return { id: idOf(el), rect, clip: g.visible(el, rect), text: lines.map((l) => l.text.trim()).join("\n"), kind: "text", reason, lines, ...styled(el) };
}

const kinds: Record<string, string> = { img: "image", svg: "image", canvas: "canvas", video: "video", object: "plugin", embed: "plugin", iframe: "frame", frame: "frame" };

function pictureItem(el: Element, reason: string, g: Geometry): Item {
  const rect = box(el.getBoundingClientRect());
  const id = idOf(el);
  const { key, ...picture } = pictureOf(el, id, rect.w, rect.h);
  return { id, rect, clip: g.visible(el, rect), text: "", kind: kinds[el.localName]!, reason, picture: key, ...picture, ...styled(el) };
}

function itemOf(el: Element, reason: string, g: Geometry): Item | null {
  if (isField(el)) return fieldItem(el, reason, g);
  return el.localName in kinds ? pictureItem(el, reason, g) : textItem(el, reason, g);
}

const mostValues = 3000;
const longestValue = 200; // no title or address repeats more

/** The texts of something hidden that a title or an address could repeat: as a whole, and of each of its parts. */
function addValues(values: Set<string>, el: Element): void {
  if (values.size >= mostValues) return;
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

interface Collected {
  items: Item[];
  /** Texts of all that is hidden, in or out of sight: they must not leave by another way. */
  values: string[];
  /** Nothing more comes by itself. */
  parsed: boolean;
  /** How often each rule matches here. */
  rules: Record<string, number>;
}

/**
 * Everything hidden: what could be seen now as items, fields and pictures first where there are very many. have names the pictures
 * (Item.picture) that the caller holds already: they come without their bytes.
 */
export function collect(have: string[] = []): Collected {
  const began = performance.now();
  const values = new Set<string>();
  const found = new Map<Element, string>();
  const add = (el: Element, reason: string) => {
    if (found.has(el)) return;
    found.set(el, reason);
    if (el instanceof SVGSVGElement) return; // its parts are in its picture
    for (const child of (shadowOf(el) ?? el).children) add(child, isMarked(child) ? reasonOf(child) : reason);
  };
  const shown: Element[] = [];
  for (const root of allRoots()) {
    for (const el of root.querySelectorAll(`[${config.mark}]`)) add(el, reasonOf(el) || "rule");
    for (const el of root.querySelectorAll(`[${config.words}]:not(:root)`)) if (!found.has(el)) found.set(el, "mode");
    for (const el of root.querySelectorAll(`[${config.reveal}]`)) if (isShown(el)) shown.push(el);
  }
  for (const el of found.keys()) addValues(values, el);
  for (const v of forbidden().values) if (v.length <= longestValue) values.add(v);
  const items = [...messages(), ...itemsOf(found, new Set(have)), ...itemsOf(new Map(shown.map((el) => [el, "picture"])), new Set(have)).map((i) => ({ ...i, shown: true }))];
  layerTook(performance.now() - began);
  return { items, values: [...values], parsed: document.readyState !== "loading", rules: health(layerChanged) };
}

function itemsOf(found: Map<Element, string>, have: Set<string>): Item[] {
  const g = new Geometry();
  let near = [...found.keys()].filter((el) => g.near(el.getBoundingClientRect()) && el.checkVisibility());
  if (near.length > most) {
    const rank = (el: Element) => (isField(el) ? 0 : el.localName in kinds ? 1 : 2);
    near = near.sort((a, b) => rank(a) - rank(b));
  }
  const items: Item[] = [];
  let text = 0;
  let images = 0;
  for (const el of near) {
    if (items.length >= most) break;
    const item = itemOf(el, found.get(el)!, g);
    if (!item || item.clip.w <= 0 || item.clip.h <= 0) continue;
    if ((text += item.text.length) > mostText) break;
    if (item.image && have.has(item.picture!)) delete item.image;
    if (item.image && (images += item.image.length) > mostImages) delete item.image;
    items.push(item);
  }
  return items;
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
