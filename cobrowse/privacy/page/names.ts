// What a person would call an element: everything that labels it, folded for comparing.

import { isField } from "./fields";
import { isHidden, isMarked } from "./marks";
import { hidesTextOf } from "./modes";
import { flatParent, shadowOf } from "./shadow";
import { fold, lookAlike } from "./text";

const unread = new Set(["script", "style", "noscript", "template"]);
const clickableRoles = /^(button|link|menuitem|menuitemradio|menuitemcheckbox|checkbox|radio|switch|option|tab|treeitem)$/;

function isControl(el: Element): boolean {
  return /^(a|area|button|input|select|textarea|summary|label|option)$/.test(el.localName) || clickableRoles.test(el.getAttribute("role") ?? "");
}

export function isClickable(el: Element): boolean {
  return isControl(el) || el.hasAttribute("onclick") || el.hasAttribute("tabindex");
}

/** Elements that act on a press by themselves, also on one on a control inside them. */
export function acts(el: Element): boolean {
  if (/^(a|area|button|input|select|option)$/.test(el.localName) || clickableRoles.test(el.getAttribute("role") ?? "") || el.hasAttribute("onclick")) return true;
  const parent = flatParent(el);
  return getComputedStyle(el).cursor === "pointer" && !!parent && getComputedStyle(parent).cursor !== "pointer";
}

/** What people typed, or what is hidden: it may decide whether something is guarded, but it is no name to be told. */
function isContent(el: Element): boolean {
  return isField(el) || isMarked(el) || (el instanceof HTMLElement && el.isContentEditable);
}

/**
 * The text under el, at most about limit long. Controls that do not hold target are left out: a card's text is not its button's,
 * so a press beside the button is no press on it. Without told it is complete, with it content is left out.
 */
function textUnder(el: Element, target: Element | null, limit: number, told = false): string {
  let text = "";
  const walk = (node: Node) => {
    for (const c of node.childNodes) {
      if (text.length > limit) return;
      if (c instanceof Text) text += c.data;
      else if (c instanceof Element && !unread.has(c.localName)) {
        if (told && isContent(c)) continue;
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

/** How long the name of a control may be: a consent is a whole paragraph. What is longer counts with its beginning. */
const longestName = 2000;

/** Everything that names the element, as separate folded labels. A long text is no label, unless it is a control's. */
export function labelsOf(el: Element, target: Element | null): string[] {
  const control = isControl(el);
  const limit = control ? longestName : isClickable(el) || acts(el) ? 300 : 90;
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
  const short = all.filter((s): s is string => !!s && (control || s.length <= limit + 1)).map((s) => s.slice(0, limit + 1));
  return short.flatMap((s) => [fold(s), fold(lookAlike(s))]).filter((s, i, list) => s && list.indexOf(s) === i);
}

/** What a field's labels say: its value is its content, unless it is a button's. */
function nameOfField(el: Element): string {
  if (el instanceof HTMLInputElement && /^(submit|button|reset|image)$/.test(el.type) && !isHidden(el)) return el.value || el.alt;
  const labels = Array.from((el as HTMLInputElement).labels ?? []) as Element[];
  const root = el.getRootNode() as Document | ShadowRoot;
  for (const id of (el.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean)) {
    const label = root.getElementById?.(id);
    if (label) labels.push(label);
  }
  return labels.filter((l) => !isHidden(l)).map((l) => textUnder(l, null, 90, true)).join(" ").trim();
}

/** The element's name for people. Everybody hears it, so it holds nothing that was typed or is hidden. */
export function nameOf(el: Element): string {
  const attribute = (name: string) => el.getAttribute(name) ?? "";
  let name = "";
  if (hidesTextOf(el)) return el.localName;
  if (isField(el)) name = attribute("aria-label") || nameOfField(el) || attribute("title");
  else if (!isHidden(el) && !isContent(el)) name = attribute("aria-label") || textUnder(el, null, 90, true) || attribute("title") || attribute("alt");
  return (name || el.localName).replace(/\s+/g, " ").trim().slice(0, 90);
}
