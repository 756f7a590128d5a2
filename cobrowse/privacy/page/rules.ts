// The company's selectors. The sheets already hide what they match; here the matches get marks, so that what the sheets cannot
// reach (display:contents, trees below) is hidden too and the private layer knows about them.

import { config } from "./config";
import { flag, mark, unmark } from "./marks";
import { masks, reveals } from "./site";

const owner = { rules: true };
const hidden = joined(masks);
const shown = joined(reveals);
const ruled = new WeakSet<Element>();

export function understood(selector: string): boolean {
  try {
    document.createDocumentFragment().querySelector(selector);
    return true;
  } catch {
    return false;
  }
}

function joined(rules: { selector: string }[]): string {
  return rules.map((r) => r.selector).filter(understood).join(",");
}

/** Rules whose selector this browser does not understand. With one of them the engine never becomes ready. */
export function brokenRules(all: { id: string; selector?: string }[]): string[] {
  return all.filter((r) => r.selector && !understood(r.selector)).map((r) => r.id);
}

export function checkRules(el: Element): void {
  if (shown || el.hasAttribute(config.reveal)) flag(el, config.reveal, !!shown && el.matches(shown));
  const hide = !!hidden && el.matches(hidden) && !el.hasAttribute(config.reveal);
  if (hide) {
    ruled.add(el);
    mark(el, owner, pictures.has(el.localName) ? "picture" : "rule");
  } else if (ruled.delete(el)) {
    unmark(el, owner);
  }
}
const pictures = new Set(["canvas", "img", "video", "object", "embed", "picture"]);

/** Looks at a whole tree: a change at one element may make another one match. */
export function checkRulesIn(root: Document | ShadowRoot): void {
  if (shown) for (const el of root.querySelectorAll(`${shown},[${config.reveal}]`)) checkRules(el);
  if (hidden) for (const el of root.querySelectorAll(`${hidden},[${config.mark}]`)) checkRules(el);
}
