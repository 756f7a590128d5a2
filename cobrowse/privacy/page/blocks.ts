// Private text in the page: read block by block, as a person reads it, and hidden by its parents.

import { findEchoes, hasEchoes } from "./echoes";
import { mark, unmark } from "./marks";
import { hardBreak, looseBreak, openNumber, opensNumber } from "./pii";
import { deepActive } from "./shadow";
import { findAll, hasPatterns } from "./private";
import { rules } from "./site";
import { origin, plain, type Plain } from "./text";
import { askLater } from "./visual";

type Block = Element | ShadowRoot;

const blockTags = new Set(
  ("address article aside blockquote body button center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 " +
    "h4 h5 h6 header hr html legend li main menu nav ol option p pre search section summary table tbody td text tfoot th thead tr ul")
    .split(" "),
);
const unread = new Set(["script", "style", "noscript", "template", "textarea", "select", "iframe", "object", "head"]);

const marked = new WeakMap<Block, Map<Element, string>>();
const loose = new WeakSet<Block>();
const pending = new Set<Block>();
const lastText = new WeakMap<Block, string>();

/** Text that could hold something: digits of any script, an at sign, or anything when a field's value may be echoed. */
export function mayHold(text: string): boolean {
  return hasEchoes() || hasPatterns() || /[\p{N}@＠]/u.test(text);
}

/** Enough of it for the shortest find: five digits that may go on, or an at sign. */
function worthReading(text: string): boolean {
  return hasEchoes() || hasPatterns() || /[@＠]/.test(text) || (text.match(/\p{N}/gu)?.length ?? 0) >= 5;
}

export function blockOf(node: Node): Block | null {
  for (let p = node.parentNode; p; p = p.parentNode) {
    if (p instanceof ShadowRoot) return p;
    if (p instanceof Element && (blockTags.has(p.localName) || !p.parentNode || p.parentNode.nodeType === Node.DOCUMENT_NODE)) return p;
  }
  return null;
}

/** Adds the block of a text, and those above it when the text is so short that it may be one of many pieces. */
export function addBlocks(text: Node, to: Set<Block>): void {
  let block = blockOf(text);
  if (!block) return;
  to.add(block);
  for (let up = 0; up < 3 && isPiece(block); up++) {
    const above: Block | null = block instanceof ShadowRoot ? null : blockOf(block);
    if (!above) return;
    loose.add(above);
    to.add(above);
    block = above;
  }
}

/** The blocks from an element upwards that have a hidden text or may be read as one. */
export function addBlocksOf(node: Node, to: Set<Block>): void {
  const start = node instanceof Element && blockTags.has(node.localName) ? node : node instanceof ShadowRoot ? node : blockOf(node);
  if (!start) return;
  to.add(start);
  let up: Block | null = start;
  for (let i = 0; i < 3 && up && !(up instanceof ShadowRoot); i++) {
    up = blockOf(up);
    if (up && (loose.has(up) || marked.has(up))) to.add(up);
  }
}

/** Whether nodes that came or went change the text of the block around them. A block of its own matters only to loose readings. */
export function changesReading(parent: Node, nodes: NodeList): boolean {
  for (const n of nodes) {
    if (n instanceof Text || (n instanceof Element && !blockTags.has(n.localName))) return true;
  }
  return nodes.length > 0 && (loose.has(parent as Block) || marked.has(parent as Block));
}

const shortPiece = 6;
const longestPiece = 24;
/** Digits, and the letters that an IBAN begins with. */
const numeric = /^[A-Z]{0,2}[\p{Nd}\s.\-/]+$/u;

/** Whether a block holds so little that it may be one of the pieces of a number. */
function isPiece(block: Block): boolean {
  let text = "";
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    text += n instanceof Text ? n.data.trim() : isBox(n) ? n.value : "";
    if (text.length > longestPiece) return false;
  }
  return text.length > 0 && (text.length <= shortPiece || numeric.test(text));
}

/** A field for a few characters: one of several boxes for one number. */
export function isBox(node: Node): node is HTMLInputElement {
  return node instanceof HTMLInputElement && node.maxLength > 0 && node.maxLength <= shortPiece && /^(text|tel|number|password)$/.test(node.type);
}

interface Span {
  start: number;
  end: number;
}

export interface Reading {
  text: string;
  pieces: (Span & { node: Text | HTMLInputElement })[];
  /** Elements in the line: <b>, <span>. */
  inlines: Span[];
}

function read(block: Block): Reading {
  const pieces: Reading["pieces"] = [];
  const inlines: Span[] = [];
  const parts: string[] = [];
  let length = 0;
  const add = (s: string) => {
    parts.push(s);
    length += s.length;
  };
  const walk = (node: Node) => {
    for (let c = node.firstChild; c; c = c.nextSibling) {
      if (c instanceof Text) {
        pieces.push({ node: c, start: length, end: length + c.data.length });
        add(c.data);
      } else if (isBox(c)) {
        add(looseBreak);
        pieces.push({ node: c, start: length, end: length + c.value.length });
        add(c.value);
        add(looseBreak);
      } else if (c instanceof Element && !unread.has(c.localName)) {
        if (c.localName === "br") add(" ");
        else if (!blockTags.has(c.localName)) {
          const start = length;
          walk(c);
          inlines.push({ start, end: length });
        } else if (!loose.has(block)) add(hardBreak);
        else {
          add(looseBreak);
          walk(c);
          add(looseBreak);
        }
      }
    }
  };
  walk(block);
  return { text: parts.join(""), pieces, inlines };
}

const longestNumber = 80;
const mostSeams = 40;

/**
 * Parts of a reading that stand on their own although nothing parts them from their neighbours but the markup: `Order <b>A-2</b><b>4111 …`.
 * Each is looked at beside the whole.
 */
function ownParts(reading: Reading): Span[] {
  const glued = (at: number) => /^[\p{L}\p{N}]{2}$/u.test(reading.text.slice(at - 1, at + 1));
  const parts = reading.inlines.filter((i) => glued(i.start) || glued(i.end)).flatMap(ends);
  const seams = reading.pieces.map((p) => p.start).filter(glued);
  if (seams.length <= mostSeams) { // a digit per element is one number
    for (const at of seams) parts.push({ start: at, end: at + longestNumber }, { start: Math.max(0, at - longestNumber), end: at });
  }
  return parts.filter((p) => worthReading(reading.text.slice(p.start, p.end)));
}

/** A part, or both ends of a long one: whatever is glued to its neighbours is there. */
function ends(part: Span): Span[] {
  if (part.end - part.start <= 2 * longestNumber) return [part];
  return [{ start: part.start, end: part.start + longestNumber }, { start: part.end - longestNumber, end: part.end }];
}

/** Looks at a block again and hides or shows what changed. */
export function scanBlock(block: Block): void {
  const reading = read(block);
  const now = new Map<Element, string>();
  const cover = (start: number, end: number, reason: string) => {
    for (const p of reading.pieces) {
      if (p.start >= end || p.end <= start) continue;
      const el = holderOf(p.node);
      if (el) now.set(el, now.get(el) ?? reason);
    }
  };
  const found = mayHold(reading.text) ? hits(block, reading) : [];
  for (const part of ownParts(reading)) {
    const p = plain(reading.text.slice(part.start, part.end));
    for (const h of findAll(p.text)) found.push(inOriginal(p, h, part.start));
  }
  for (const h of found) cover(h.start, h.end, h.kind);
  settle(block, now);
  askLater(block, reading, (at) => found.some((h) => h.start <= at && at < h.end));
}

/** The element whose mark hides a piece. */
function holderOf(node: Text | HTMLInputElement): Element | null {
  if (!(node instanceof Text)) return node;
  if (!node.data.trim()) return null;
  const parent = node.parentNode;
  return parent instanceof ShadowRoot ? parent.host : (parent as Element | null);
}

function settle(block: Block, now: Map<Element, string>): void {
  const before = marked.get(block);
  if (before) for (const el of before.keys()) if (!now.has(el)) unmark(el, block);
  for (const [el, reason] of now) mark(el, block, reason);
  if (now.size) marked.set(block, now);
  else marked.delete(block);
}

interface Found extends Span {
  kind: string;
}

/** What is private in a reading, in units of the reading. */
function hits(block: Block, reading: Reading): Found[] {
  const p = plain(reading.text);
  const before = lastText.get(block);
  lastText.set(block, p.text);
  if (!worthReading(p.text)) return [];
  const found: Found[] = findAll(p.text);
  for (const e of findEchoes(p.text)) found.push({ ...e, kind: "echo" });
  if (readsBackwards(block, reading)) {
    const n = p.text.length;
    const reversed = Array.from({ length: n }, (_, i) => p.text[n - 1 - i]).join("");
    for (const h of findAll(reversed)) found.push({ start: n - h.end, end: n - h.start, kind: h.kind });
  }
  if (grows(block, p.text, before)) {
    const from = openNumber(p.text);
    if (from >= 0) found.push({ start: from, end: p.text.length, kind: "card" });
  }
  return found.map((h) => inOriginal(p, h, 0));
}

/** Where a find in p stands in the text that p was made from, which begins at from. */
function inOriginal(p: Plain, h: Found, from: number): Found {
  return { start: from + origin(p, h.start), end: from + origin(p, h.end - 1) + 1, kind: h.kind };
}

/** Whether style or markup turns the order of characters around. Asked only for texts with enough in them to matter. */
function readsBackwards(block: Block, reading: Reading): boolean {
  const worth = /[@＠]/.test(reading.text) || (reading.text.match(/\p{Nd}/gu)?.length ?? 0) >= 9;
  if (reading.text.length > 2000 || !worth) return false;
  const elements = new Set(reading.pieces.map((p) => p.node.parentElement).filter((e): e is HTMLElement => !!e));
  if (block instanceof Element) elements.add(block as HTMLElement);
  for (const el of elements) {
    const style = getComputedStyle(el);
    if (style.unicodeBidi.includes("override") || style.direction === "rtl" || style.flexDirection.endsWith("reverse")) return true;
  }
  return /[\u202d\u202e]/.test(reading.text);
}

/** A number that is still being written: by the parser, by a person in an editable block, or by a script piece by piece. */
function grows(block: Block, text: string, before: string | undefined): boolean {
  if (!opensNumber(text) || !rules.pii.length) return false;
  if (document.readyState === "loading" && !(block as Node).nextSibling) {
    pending.add(block);
    return true;
  }
  if (before && text !== before && text.startsWith(before)) {
    if (!pending.size) setTimeout(() => takePending().forEach(scanBlock), 700); // by then it is whole, or no number
    pending.add(block);
    return true;
  }
  if (pending.has(block)) return true;
  const active = deepActive();
  return active instanceof HTMLElement && active.isContentEditable && (block === active || active.contains(block) || block.contains(active));
}

/** The blocks that were hidden only because the parser had not finished. */
export function takePending(): Block[] {
  const all = [...pending];
  pending.clear();
  return all;
}

export type { Block };
