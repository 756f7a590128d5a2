// A second opinion on texts: pieces in the order in which they lie on the screen, which style may make another than the document's.
// Asking for places makes Chromium lay the page out, so it is done once after all other work, and only where there are digits
// enough that no find has covered.

import type { Reading } from "./blocks";
import { mark, unmark } from "./marks";
import { hardBreak, looseBreak } from "./pii";
import { findAll } from "./private";
import { origin, plain } from "./text";

type Block = Element | ShadowRoot;

interface Placed {
  node: Text;
  text: string;
  x: number;
  y: number;
  w: number;
  h: number;
}

const least = 9;
const mostPieces = 150;
const mostAtOnce = 40;
const mostKnown = 400;

const due = new Map<Block, Reading>();
const known = new Map<Block, Reading>(); // asked about before: asked again when styles change
const marked = new WeakMap<Block, { owner: object; elements: Set<Element> }>();

/** Notes a block whose reading has digits outside of what was found. */
export function askLater(block: Block, reading: Reading, covered: (at: number) => boolean): void {
  const worth = reading.pieces.length > 1 && reading.pieces.length <= mostPieces && open(reading.text, covered) >= least;
  if (worth) due.set(block, reading);
  else {
    due.delete(block);
    known.delete(block);
    settle(block, new Set());
  }
}

function open(text: string, covered: (at: number) => boolean): number {
  let n = 0;
  for (const m of text.matchAll(/\p{Nd}/gu)) if (!covered(m.index)) n++;
  return n;
}

/** Styles may have changed: everything known is asked about again. */
export function askAgain(block?: Block | null): void {
  if (!block) for (const [b, r] of known) due.set(b, r);
  else if (known.has(block)) due.set(block, known.get(block)!);
}

/** Looks at what is due: places first, marks after, so that the page is laid out once. */
export function lookAtPlaces(later: () => void): void {
  if (!due.size) return;
  const now = [...due].slice(0, mostAtOnce);
  const found = now.map(([block, reading]) => (block.isConnected ? privateIn(reading) : new Set<Element>()));
  now.forEach(([block, reading], i) => {
    due.delete(block);
    known.delete(block);
    if (block.isConnected) known.set(block, reading);
    settle(block, found[i]!);
  });
  while (known.size > mostKnown) known.delete(known.keys().next().value!);
  if (due.size) setTimeout(later, 50);
}

function settle(block: Block, elements: Set<Element>): void {
  const before = marked.get(block) ?? { owner: {}, elements: new Set<Element>() };
  for (const el of before.elements) if (!elements.has(el)) unmark(el, before.owner);
  for (const el of elements) mark(el, before.owner, "card");
  if (elements.size) marked.set(block, { owner: before.owner, elements });
  else marked.delete(block);
}

function privateIn(reading: Reading): Set<Element> {
  const elements = new Set<Element>();
  const places = placesOf(reading);
  const order = inOrder(places);
  if (order.every((p, i) => p === places[i])) return elements; // as it was read
  let text = "";
  const from = order.map((p, i) => {
    text += gap(order[i - 1], p);
    const at = text.length;
    text += p.text;
    return at;
  });
  const p = plain(text);
  for (const h of findAll(p.text)) {
    const start = origin(p, h.start);
    const end = origin(p, h.end - 1) + 1;
    order.forEach((piece, i) => {
      if (from[i]! >= end || from[i]! + piece.text.length <= start) return;
      const parent = piece.node.parentNode;
      const el = parent instanceof ShadowRoot ? parent.host : (parent as Element | null);
      if (el) elements.add(el);
    });
  }
  return elements;
}

function placesOf(reading: Reading): Placed[] {
  const all: Placed[] = [];
  const range = document.createRange();
  const add = (node: Text, from: number, to: number) => {
    range.setStart(node, from);
    range.setEnd(node, to);
    const text = node.data.slice(from, to);
    const rects = range.getClientRects();
    if (rects.length > 1 && to - from > 1 && all.length < 2 * mostPieces) for (let i = from; i < to; i++) add(node, i, i + 1);
    else if (rects[0]?.width) all.push({ node, text: text.trim(), x: rects[0].x, y: rects[0].y, w: rects[0].width, h: rects[0].height });
  };
  for (const { node } of reading.pieces) if (node instanceof Text && node.data.trim()) add(node, 0, node.length);
  return all;
}

/** By lines, and in a line from left to right. */
function inOrder(places: Placed[]): Placed[] {
  const rows: Placed[][] = [];
  for (const p of [...places].sort((a, b) => a.y + a.h / 2 - b.y - b.h / 2)) {
    const row = rows[rows.length - 1];
    if (row && sameRow(row[0]!, p)) row.push(p);
    else rows.push([p]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.x - b.x));
}

function sameRow(a: Placed, b: Placed): boolean {
  return Math.abs(a.y + a.h / 2 - b.y - b.h / 2) < Math.min(a.h, b.h) / 2;
}

function gap(before: Placed | undefined, p: Placed): string {
  if (!before) return "";
  if (!sameRow(before, p)) return looseBreak;
  const free = p.x - before.x - before.w;
  return free > 3 * p.h ? hardBreak : free > 0.2 * p.h ? " " : "";
}
