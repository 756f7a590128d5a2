// Which elements are hidden, why, and on whose account. An element may be hidden for several reasons at once; each reason has an
// owner (a text block, a rule, the element itself) that alone may withdraw it.

import { config } from "./config";
import { flatParent, shadowOf } from "./shadow";

const accounts = new WeakMap<Element, Map<object, string>>();
const touched = new Set<(el: Element) => void>();

export function onMark(f: (el: Element) => void): void {
  touched.add(f);
}

export function mark(el: Element, owner: object, reason: string): void {
  let account = accounts.get(el);
  if (!account) accounts.set(el, (account = new Map()));
  const news = account.get(owner) !== reason;
  account.set(owner, reason);
  show(el);
  if (news) for (const f of touched) f(el);
}

export function unmark(el: Element, owner: object): void {
  const account = accounts.get(el);
  if (!account?.delete(owner)) return;
  show(el);
  for (const f of touched) f(el);
}

export function isMarked(el: Element): boolean {
  return !!accounts.get(el)?.size;
}

/** For how many reasons. */
export function accountsOf(el: Element): number {
  return accounts.get(el)?.size ?? 0;
}

/** Whether el is marked or lies in something that is. */
export function isHidden(el: Element): boolean {
  for (let p: Element | null = el; p; p = flatParent(p)) if (isMarked(p)) return true;
  return false;
}

const general = new Set(["rule", "mode", "picture"]);

/** Why the element itself is marked: the reason that says most about what is in it, else the first one given. */
export function reasonOf(el: Element): string {
  const reasons = [...(accounts.get(el)?.values() ?? [])];
  return reasons.find((r) => !general.has(r)) ?? reasons[0] ?? "";
}

/** Makes the attributes agree with the accounts. Returns whether something had to be changed. */
export function show(el: Element): boolean {
  const want = isMarked(el);
  let changed = false;
  if (want !== el.hasAttribute(config.mark)) {
    el.toggleAttribute(config.mark, want);
    changed = true;
  }
  // The box is only known while the forced one is off.
  if (want && !el.hasAttribute(config.contents) && el.isConnected && getComputedStyle(el).display === "contents") {
    el.setAttribute(config.contents, "");
    changed = true;
  } else if (!want && el.hasAttribute(config.contents)) {
    el.removeAttribute(config.contents);
  }
  if (want || changed) for (const child of partsOf(el)) want ? mark(child, el, "rule") : unmark(child, el);
  return changed;
}

/** Children that the mark on el does not cover: top layers in a tree below, SVG parts that <use> shows elsewhere. */
function partsOf(el: Element): Element[] {
  return [...(shadowOf(el)?.children ?? []), ...(el instanceof SVGElement ? el.children : [])];
}

/** An element that is new in something hidden. */
export function inherit(el: Element): void {
  const above = el.parentNode instanceof ShadowRoot ? el.parentNode.host : el instanceof SVGElement ? el.parentElement : null;
  if (above && isMarked(above)) mark(el, above, "rule");
}

/** Sets or clears one of the attributes that are no marks: generated content, exemption. */
export function flag(el: Element, attribute: string, on: boolean): void {
  if (on !== el.hasAttribute(attribute)) el.toggleAttribute(attribute, on);
}
