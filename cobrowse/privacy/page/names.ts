// What a person would call an element: everything that labels it, folded for comparing.

import { shadowOf } from "./shadow";
import { fold } from "./text";

const unread = new Set(["script", "style", "noscript", "template"]);
const clickableRoles = /^(button|link|menuitem|menuitemradio|menuitemcheckbox|checkbox|radio|switch|option|tab|treeitem)$/;

export function isClickable(el: Element): boolean {
  return (
    /^(a|area|button|input|select|textarea|summary|label|option)$/.test(el.localName) ||
    clickableRoles.test(el.getAttribute("role") ?? "") ||
    el.hasAttribute("onclick") ||
    el.hasAttribute("tabindex")
  );
}

/**
 * The text under el, at most about limit long. Controls that do not hold target are left out: a card's text is not its button's,
 * so a press beside the button is no press on it.
 */
function textUnder(el: Element, target: Element | null, limit: number): string {
  let text = "";
  const walk = (node: Node) => {
    for (const c of node.childNodes) {
      if (text.length > limit) return;
      if (c instanceof Text) text += c.data;
      else if (c instanceof Element && !unread.has(c.localName)) {
        if (target && c !== target && isClickable(c) && !c.contains(target) && !target.contains(c)) continue;
        if (c instanceof HTMLImageElement || c instanceof HTMLAreaElement) text += ` ${c.alt} `;
        else if (c instanceof HTMLSlotElement) for (const n of c.assignedNodes()) n instanceof Text ? (text += n.data) : walkInto(n);
        else walkInto(c);
      }
    }
  };
  const walkInto = (node: Node) => {
    text += generated(node as Element, "::before");
    walk((node instanceof Element && shadowOf(node)) || node);
    text += generated(node as Element, "::after");
  };
  walkInto(el);
  return text;
}

let styleReads = 0;
function generated(el: Element, which: string): string {
  if (!(el instanceof Element) || styleReads++ > 40) return "";
  const content = getComputedStyle(el, which).content;
  return /^["']/.test(content) ? content.replace(/^["']|["']$/g, "").replace(/["']\s*["']/g, "") : "";
}

/** Everything that names the element, as separate folded labels; long texts are no labels. */
export function labelsOf(el: Element, target: Element | null): string[] {
  const limit = isClickable(el) ? 300 : 90;
  styleReads = 0;
  const all = [
    textUnder(el, target, limit),
    el.getAttribute("aria-label"),
    el.getAttribute("title"),
    el.getAttribute("alt"),
    el.getAttribute("aria-description"),
  ];
  const root = el.getRootNode() as Document | ShadowRoot;
  for (const id of (el.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean)) all.push(root.getElementById?.(id)?.textContent ?? "");
  if (el instanceof HTMLInputElement && /^(submit|button|reset|image)$/.test(el.type)) all.push(el.value, el.alt);
  const labels = (el as HTMLInputElement).labels;
  if (labels && isClickable(el)) for (const l of labels) all.push(l.textContent);
  return all.filter((s): s is string => !!s && s.length <= limit + 1).map(fold).filter((s, i, list) => s && list.indexOf(s) === i);
}

/** The element's name for people. */
export function nameOf(el: Element): string {
  const own = el.getAttribute("aria-label") || (el instanceof HTMLInputElement ? el.value || el.alt : "") || textUnder(el, null, 90);
  return (own || el.getAttribute("title") || el.getAttribute("alt") || el.localName).replace(/\s+/g, " ").trim().slice(0, 90);
}
