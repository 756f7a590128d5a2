// The company's selectors. The sheets already hide what they match; here the matches get marks, so that what the sheets cannot
// reach (display:contents, trees below) is hidden too and the private layer knows about them.

import { config, type Rules } from "./config";
import { flag, mark, unmark } from "./marks";
import { isExempt } from "./modes";
import { isShown, mayShow, show } from "./reveal";
import { masks, mode, onRules, reveals, rules } from "./site";

/** Rules that we made, not the company: pictures that they hide are the customer's to show. Named in defaults.go. */
const defaults = new Set(["canvas", "plugins", "video", "uploads"]);

const owner = { rules: true };
let hidden = "";
let shown = "";
let companys = "";
let ofMode = ""; // what the mode hides as whole elements
const ruled = new WeakSet<Element>();

export function understood(selector: string): boolean {
  try {
    document.createDocumentFragment().querySelector(selector);
    return true;
  } catch {
    return false;
  }
}

onRules(() => {
  hidden = joined(masks);
  shown = joined(reveals);
  ofMode = mode === "listed" ? `${rules.fields},${rules.pictures}` : mode ? rules.fields : "";
  companys = joined(masks.filter((m) => !defaults.has(m.id)));
});

function joined(rules: { selector: string }[]): string {
  return rules.map((r) => r.selector).filter(understood).join(",");
}

/** Says which rules this browser does not understand, if any. With one of them the engine never becomes ready. */
export function brokenRules(r: Rules): string {
  const ids = [...r.masks, ...r.guards].filter((rule) => rule.selector && !understood(rule.selector)).map((rule) => rule.id);
  return ids.length ? `rule ${ids.join(", ")}` : "";
}

/** Whether a rule of the company hides el. */
export function rulesHide(el: Element): boolean {
  return (!!companys && el.matches(companys)) || mode === "listed";
}

/** The topmost elements of a tree below stand for its host. */
function belowExempt(el: Element): boolean {
  return el.parentNode instanceof ShadowRoot && isExempt(el.parentNode.host);
}

function reasonFor(el: Element): string {
  if (hidden && el.matches(hidden)) return pictures.has(el.localName) ? "picture" : "rule";
  return ofMode && el.matches(ofMode) && !isExempt(el) ? "mode" : "";
}

export function checkRules(el: Element): void {
  if (isShown(el) && !mayShow(el)) show(el, false);
  const exempt = isShown(el) || (!!shown && (el.matches(shown) || belowExempt(el)));
  flag(el, config.reveal, exempt);
  const reason = exempt ? "" : reasonFor(el);
  if (reason) {
    ruled.add(el);
    mark(el, owner, reason);
  } else if (ruled.delete(el)) {
    unmark(el, owner);
  }
}
const pictures = new Set(["canvas", "img", "video", "object", "embed", "picture"]);

/** Looks at a whole tree: a change at one element may make another one match. */
export function checkRulesIn(root: Document | ShadowRoot): void {
  const all = [hidden, shown, ofMode, `[${config.mark}]`, `[${config.reveal}]`].filter(Boolean).join(",");
  for (const el of root.querySelectorAll(all)) checkRules(el);
}
