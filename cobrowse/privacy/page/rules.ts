// The company's selectors. The sheets already hide what they match; here the matches get marks, so that what the sheets cannot
// reach (display:contents, trees below) is hidden too and the private layer knows about them.

import { config, type Rules } from "./config";
import { flag, mark, unmark } from "./marks";
import { isShown, mayShow, show } from "./reveal";
import { masks, onRules, reveals } from "./site";

/** Rules that we made, not the company: pictures that they hide are the customer's to show. Named in defaults.go. */
const defaults = new Set(["canvas", "plugins", "video", "uploads"]);

const owner = { rules: true };
let hidden = "";
let shown = "";
let companys = "";
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
  return !!companys && el.matches(companys);
}

export function checkRules(el: Element): void {
  if (isShown(el) && !mayShow(el)) show(el, false);
  const exempt = isShown(el) || (!!shown && el.matches(shown));
  flag(el, config.reveal, exempt);
  if (!exempt && !!hidden && el.matches(hidden)) {
    ruled.add(el);
    mark(el, owner, pictures.has(el.localName) ? "picture" : "rule");
  } else if (ruled.delete(el)) {
    unmark(el, owner);
  }
}
const pictures = new Set(["canvas", "img", "video", "object", "embed", "picture"]);

/** Looks at a whole tree: a change at one element may make another one match. */
export function checkRulesIn(root: Document | ShadowRoot): void {
  const all = [hidden, shown, `[${config.mark}]`, `[${config.reveal}]`].filter(Boolean).join(",");
  for (const el of root.querySelectorAll(all)) checkRules(el);
}
