// Private data in attributes: shown by the element itself (placeholder, alt) or by generated content (attr(), var()).

import { config } from "./config";
import { hasEchoes, holdsEcho } from "./echoes";
import { flag, mark, unmark } from "./marks";

import { findAll, hasPatterns } from "./private";
import { plain } from "./text";

const owner = { attributes: true };
const shownByElement = new Set(["placeholder", "value", "alt", "title", "label", "summary"]);
const neverText = new Set(["d", "points", "class", "src", "srcset", "sizes", "transform", "viewbox", "path", "width", "height", "nonce", "integrity"]);

/** Cheap test before the real one: enough digits for the shortest number, or an at sign. */
function worthReading(value: string): boolean {
  return value.length < 4000 && (hasEchoes() || hasPatterns() || /[@＠]/.test(value) || (value.match(/\p{N}/gu)?.length ?? 0) >= 8);
}

/** What is private in a text, if anything. What a field itself holds may stand in its own attributes. */
export function isPrivate(value: string, of?: Element): string {
  if (!worthReading(value)) return "";
  const p = plain(value);
  return findAll(p.text)[0]?.kind ?? (holdsEcho(p.text, of) ? "echo" : "");
}

export function checkAttributes(el: Element): void {
  let own = "";
  let generated = false;
  for (const a of el.attributes) {
    if (neverText.has(a.name.toLowerCase())) continue;
    const kind = isPrivate(a.value, el);
    if (!kind) continue;
    if (shownByElement.has(a.name)) own ||= kind;
    generated = true;
  }
  if (own) mark(el, owner, own);
  else unmark(el, owner);
  flag(el, config.pseudo, generated);
}
