// Number pads on the screen, as banks have beside a password: which keys are pressed is the password. Their keys are hidden, so neither
// digits that change places nor the look of a pressed key are in the picture; where the pointer is on them the service keeps to itself.

import { hasSecret } from "./fields";
import { mark } from "./marks";
import { flatParent } from "./shadow";
import { plain } from "./text";

const owner = { pad: true };
const mostKeys = 300;
/** How far above its keys a pad's box may be, and how much text it may hold: more is a table or a list of pages. */
const highest = 6;
const longestPad = 150;

const keys = new Set<Element>(); // that show a digit, in a pad or not
let changed = false;

const mostParts = 8;

/** The text directly in el, "" where there is much in it: that is no key, and a long table is asked about with each of its rows. */
function ownText(el: Element): string {
  let text = "";
  let parts = 0;
  for (let c = el.firstChild; c; c = c.nextSibling) {
    if (++parts > mostParts) return "";
    if (c instanceof Text) text += c.data;
  }
  return text;
}

function digitOf(el: Element): string {
  const button = el instanceof HTMLInputElement && /^(button|submit|reset|image)$/.test(el.type);
  const label = (el.getAttribute("aria-label") ?? el.getAttribute("alt") ?? (button ? el.value : ownText(el))).trim();
  const text = label.length < 4 ? plain(label).text : "";
  return /^[0-9]$/.test(text) ? text : "";
}

/** Something is new or has another text. */
export function noteKey(el: Element): void {
  if (!digitOf(el)) return;
  if (keys.size >= mostKeys) for (const old of keys) if (!old.isConnected) keys.delete(old); // a page may show new ones all the time
  if (keys.size >= mostKeys) return;
  keys.add(el);
  changed = true;
}

/** Hides the keys of pads, where there is a field for a secret. */
export function checkPads(): void {
  if (!changed || !hasSecret()) return;
  changed = false;
  for (const el of keys) if (!el.isConnected || !digitOf(el)) keys.delete(el);
  for (const zero of keys) {
    if (digitOf(zero) === "0") for (const key of padOf(zero)) mark(whole(key), owner, "password");
  }
}

/** The keys of the smallest box around one of them that has all digits. */
function padOf(key: Element): Element[] {
  for (let box = flatParent(key), up = 0; box && up < highest; box = flatParent(box), up++) {
    const inside = [...keys].filter((k) => holds(box!, k));
    if (new Set(inside.map(digitOf)).size === 10) return inside.length <= 20 && shortText(box) ? inside : [];
  }
  return [];
}

function holds(box: Element, key: Element): boolean {
  for (let el: Element | null = key, up = 0; el && up <= highest; el = flatParent(el), up++) if (el === box) return true;
  return false;
}

function shortText(box: Element): boolean {
  if (box === document.body) return true; // a bare page
  return box.textContent.replace(/\s+/g, "").length <= longestPad;
}

/** The button around a digit that stands in it alone. */
function whole(key: Element): Element {
  const digit = key.textContent.trim();
  for (let up = flatParent(key); digit && up && up !== document.body && up.textContent.trim() === digit; up = flatParent(up)) key = up;
  return key;
}
