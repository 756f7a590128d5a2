// What a site's mode hides. The sheets do the hiding; here it becomes known what has text of its own, for the customer's layer.

import { config } from "./config";
import { flag } from "./marks";
import { mode } from "./site";

const unread = /^(script|style|noscript|template|title|head|html|textarea|select|option|optgroup)$/;

export function hidesText(): boolean {
  return mode === "text" || mode === "listed";
}

/** Whether el is an exception, by itself or by what it lies in. A tree below has the attribute on its own topmost elements. */
export function isExempt(el: Element): boolean {
  return !!el.closest(`[${config.reveal}]`);
}

/** Whether the text of el is hidden by the mode. */
export function hidesTextOf(el: Element): boolean {
  return hidesText() && !isExempt(el);
}

/** Looks whether an element has text of its own that is hidden. The root stands for the document. */
export function checkWords(el: Element): void {
  if (!hidesText() && !el.hasAttribute(config.words)) return;
  flag(el, config.words, hidesTextOf(el) && (el === document.documentElement || (!unread.test(el.localName) && hasText(el))));
}

function hasText(el: Element): boolean {
  for (let n = el.firstChild; n; n = n.nextSibling) if (n instanceof Text && n.data.trim()) return true;
  return false;
}

/** Page highlights paint text in colours that no sheet can take away. */
export function dropHighlights(): void {
  if (hidesText()) (CSS as unknown as { highlights?: { clear(): void } }).highlights?.clear();
}
