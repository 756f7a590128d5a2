// The guard: an agent's action on a guarded element does not happen, whatever the path. It listens before any script of the page
// and swallows; whose action it is, the service says.

import { actionOf, addressPattern, linkOf, resolve } from "./address";
import { type GuardRule } from "./config";
import { fateOf } from "./keys";
import { acts, isClickable, labelsOf, nameOf } from "./names";
import { understood } from "./rules";
import { say } from "./say";
import { deepActive, flatParent, shadowOf, stackAt } from "./shadow";
import { framedBy, guards, onRules, rules, siteMatches } from "./site";
import { asLabel, asNameRule, fold, labelMatches, type NameRule } from "./text";

interface Verdict {
  rule: string;
  name: string;
}

type Actor = "agent" | "customer" | "none";
let actor: Actor = "none";

export function setActor(role: string): void {
  actor = role === "agent" || role === "customer" ? role : "none";
}

export function agentActs(): boolean {
  return actor === "agent";
}

/** Whose hand is on the page. */
export function handOf(): Actor {
  return actor;
}

let retired = false;
/** The window serves another document now, with an engine of its own: this one's listeners must not speak for it. */
export function retire(): void {
  retired = true;
}

let verdicts = new WeakMap<Element, Verdict | null>();
let named: { id: string; rule: NameRule }[];
let selected: GuardRule[];
let submits: GuardRule | undefined;
let downloads: GuardRule | undefined;
let links: { id: string; leads: (url: URL) => boolean }[];
let frames: GuardRule[];
/** The rule that keeps agents from everything in this document: its frame is the customer's, or somebody meant to guard something. */
let whole: GuardRule | undefined;

onRules(() => {
  named = guards.filter((g) => g.name).map((g) => ({ id: g.id, rule: asNameRule(fold(g.name!)) }));
  selected = guards.filter((g) => g.selector && understood(g.selector));
  links = guards.filter((g) => g.link).map((g) => ({ id: g.id, leads: addressPattern(g.link!) }));
  frames = guards.filter((g) => g.frame);
  submits = guards.find((g) => g.submits);
  downloads = guards.find((g) => g.downloads);
  whole = guards.find((g) => g.selector && !understood(g.selector)) ?? frames.find((g) => framedBy(g.frame!));
  forgetVerdicts();
});

/** The rule against going to an address. */
function linkRule(url: URL | null): { id: string } | undefined {
  return url ? links.find((l) => l.leads(url)) : undefined;
}

/** The rule against the document that el embeds: it may speak for itself, but its engine may not have begun. */
function frameRule(el: Element): GuardRule | undefined {
  if (!frames.length || !/^i?frame$/.test(el.localName)) return;
  const name = resolve(el.getAttribute("src"), el)?.hostname.toLowerCase();
  return name ? frames.find((g) => siteMatches(g.frame!, name)) : undefined;
}

const events = (
  "pointerdown pointerup pointermove pointerover pointerout pointerenter pointerleave pointercancel gotpointercapture " +
  "lostpointercapture mousedown mouseup mousemove mouseover mouseout mouseenter mouseleave click dblclick auxclick contextmenu " +
  "touchstart touchmove touchend touchcancel wheel keydown keypress keyup beforeinput input change select selectstart " +
  "compositionstart compositionupdate compositionend drag dragstart dragenter dragover dragleave dragend drop copy cut paste " +
  "command beforetoggle toggle focus focusin blur focusout submit formdata reset"
).split(" ");
/** What is worth telling people: presses, not passing by. */
const attempts: Record<string, string> = {
  pointerdown: "mouse", pointerup: "mouse", mousedown: "mouse", mouseup: "mouse", click: "mouse", dblclick: "mouse", auxclick: "mouse", contextmenu: "mouse", drop: "mouse",
  touchstart: "touch", keydown: "key", beforeinput: "key", paste: "key", submit: "script", command: "mouse",
};
/** Keys that move on or do nothing by themselves: the page does not hear them, the browser does its part. */
const passingKeys = new Set(["Tab", "Escape", "Shift", "Control", "Alt", "Meta", "CapsLock"]);

/** Something changed: labels may be others now. */
export function forgetVerdicts(): void {
  verdicts = new WeakMap();
}

/** The rule that keeps agents from acting on el itself. inside tells that a control in el is pressed. */
function ruleFor(el: Element, target: Element, inside: boolean): { id: string } | undefined {
  if (whole) return whole;
  const selectedBy = selected.find((g) => el.matches(g.selector!));
  if (selectedBy) return selectedBy;
  if (downloads && el.matches("a[download],area[download]")) return downloads;
  const form = submitterForm(el);
  if (form && submits) return submits;
  const other = (links.length && (linkRule(linkOf(el)) ?? (form ? linkRule(actionOf(form, el)) : undefined))) || frameRule(el);
  if (other) return other;
  return el === document.documentElement || el === document.body ? undefined : nameRule(el, target, inside);
}

/**
 * A control is judged by its own name. What lies around it counts only if it acts by itself: a sentence that says what a button is
 * called makes no button of the link in it. A text that no control holds may be one all the same, if it is short enough for a name.
 */
function nameRule(el: Element, target: Element, inside: boolean): { id: string } | undefined {
  if (!named.length || (inside && !acts(el))) return;
  const control = isClickable(el) || acts(el);
  for (const l of labelsOf(el, target).map(asLabel)) {
    const found = named.find((g) => labelMatches(l, g.rule) && (control || l.tight.length <= Math.max(24, 3 * g.rule.tight.length)));
    if (found) return found;
  }
  return;
}

function ownVerdict(el: Element, target: Element, inside: boolean): Verdict | null {
  const rule = ruleFor(el, target, inside);
  return rule ? { rule: rule.id, name: nameOf(el) } : null;
}

/** The form that pressing el submits. */
function submitterForm(el: Element): HTMLFormElement | null {
  if (el instanceof HTMLButtonElement) return el.type === "submit" ? el.form : null;
  return el instanceof HTMLInputElement && /^(submit|image)$/.test(el.type) ? el.form : null;
}

/** Whether acting on target acts on something guarded: itself, what it labels, or anything it lies in. */
function verdictOf(target: Element): Verdict | null {
  const known = verdicts.get(target);
  if (known !== undefined) return known;
  let found: Verdict | null = null;
  let inside = false; // something that acts has been passed on the way up
  for (let el: Element | null = target; el && !found; el = flatParent(el)) {
    found = ownVerdict(el, target, inside);
    const labelled = el instanceof HTMLLabelElement && !inside ? el.control : null; // a link in a label does not press its control
    if (!found && labelled && labelled !== target) found = ownVerdict(labelled, labelled, false);
    inside ||= isClickable(el) && !(el instanceof HTMLLabelElement);
  }
  verdicts.set(target, found);
  return found;
}

/** What Enter in a field would press. */
function defaultButton(form: HTMLFormElement): Element | undefined {
  return Array.from(form.elements).find((e) => submitterForm(e) === form) ?? [...form.querySelectorAll("input[type=image]")][0];
}

function formVerdict(form: HTMLFormElement, submitter?: Element | null): Verdict | null {
  if (submits) return { rule: submits.id, name: nameOf(submitter ?? defaultButton(form) ?? form) };
  const by = submitter ?? defaultButton(form);
  const rule = linkRule(actionOf(form, by));
  if (rule) return { rule: rule.id, name: nameOf(by ?? form) };
  return (by && verdictOf(by)) || verdictOf(form);
}

/** Something that can be seen through hides no button; something that cannot is what the agent means. */
function seenThrough(el: Element): boolean {
  if (/^(img|canvas|video|iframe|embed|object|button|input|select|textarea)$/.test(el.localName)) {
    return Number(getComputedStyle(el).opacity) < 0.1;
  }
  const style = getComputedStyle(el);
  if (Number(style.opacity) < 0.1) return true;
  const alpha = /rgba\([^)]*[,/]\s*([\d.]+)\)/.exec(style.backgroundColor);
  return style.backgroundImage === "none" && !!alpha && Number(alpha[1]) < 0.5;
}

export function pointBlocked(x: number, y: number): Verdict | null {
  const above = new Set<Element>(); // looked at already, as what holds an element further up the stack
  for (const el of stackAt(x, y)) {
    const v = above.has(el) ? null : verdictOf(el);
    if (v) return v;
    if (!seenThrough(el)) return null;
    for (let p = flatParent(el); p && !above.has(p); p = flatParent(p)) above.add(p);
  }
  return null;
}

interface Key {
  key: string;
  code?: string;
  mods?: number;
}

const alt = 1;

export function keyBlocked(key: Key): Verdict | null {
  const active = deepActive();
  const el = left?.isConnected && (!active || active === document.body) ? left : active;
  const focused = window === window.top || document.hasFocus(); // a frame remembers what had the focus in it
  const mine = focused && !/^i?frame$/.test(el?.localName ?? ""); // the focus in a frame is that frame's engine's to judge
  if (rules.fieldsOnly && mine && fateOf(key) === "nobody") return fieldsOnly();
  if (passingKeys.has(key.key)) return null;
  if (whole && mine) return { rule: whole.id, name: nameOf(el ?? document.documentElement) };
  if ((key.mods ?? 0) & alt) {
    for (const by of document.querySelectorAll("[accesskey]")) {
      if (by.getAttribute("accesskey")!.toLowerCase().split(/\s+/).includes(key.key.toLowerCase())) {
        const v = verdictOf(by);
        if (v) return v;
      }
    }
  }
  if (!focused || !el) return null;
  const v = verdictOf(el);
  if (v) return v;
  const form = key.key === "Enter" && el instanceof HTMLInputElement && el.form;
  return form ? formVerdict(form) : null;
}

function fieldsOnly(): Verdict {
  return { rule: "fields-only", name: nameOf(deepActive() ?? document.documentElement) };
}

/** The innermost element of an event, below closed roots too. */
function targetOf(e: Event): Element | null {
  let el = e.composedPath()[0];
  if (el instanceof Text) el = el.parentElement ?? undefined;
  if (!(el instanceof Element)) return null;
  for (let root = shadowOf(el); root; root = shadowOf(el as Element)) {
    const inner: Element | null =
      e instanceof MouseEvent && e.clientX + e.clientY > 0 ? root.elementFromPoint(e.clientX, e.clientY) : root.activeElement;
    if (!inner || inner.getRootNode() !== root) break;
    el = inner;
  }
  return el as Element;
}

function eventVerdict(e: Event): Verdict | null {
  if (e.type === "submit" && e.target instanceof HTMLFormElement) return formVerdict(e.target, (e as SubmitEvent).submitter);
  if (e.type === "formdata" && e.target instanceof HTMLFormElement) return formVerdict(e.target);
  const target = targetOf(e);
  const v = target && verdictOf(target);
  if (v) return v;
  if (e instanceof KeyboardEvent) return e.type === "keyup" ? null : keyBlocked(e.altKey ? { key: e.key, mods: alt } : { key: e.key });
  const pointed = e.isTrusted && e instanceof MouseEvent && (e as PointerEvent).pointerType !== "" && e.clientX + e.clientY > 0;
  return pointed && attempts[e.type] ? pointBlocked(e.clientX, e.clientY) : null;
}

let lastTold = "";
let toldAt = 0;
function tell(how: string, v: Verdict): void {
  const what = v.rule + v.name;
  const now = performance.now();
  if (what === lastTold && now - toldAt < 700) return; // one press makes many events
  lastTold = what;
  toldAt = now;
  say({ t: "refused", how, name: v.name, rule: v.rule });
}

/** An action of the customer passes; before anybody is known, only what a person did is held back (pages post by themselves). */
function watched(trusted: boolean): boolean {
  return !retired && guards.length > 0 && (actor === "agent" || (actor === "none" && trusted));
}

/** Where agents type into text fields only: the page hears no other key of theirs. True when the event is dealt with. */
function keptFromPage(e: Event): boolean {
  if (!rules.fieldsOnly || actor !== "agent" || !e.isTrusted || !(e instanceof KeyboardEvent)) return false;
  const fate = fateOf({ key: e.key, mods: (e.altKey ? 1 : 0) | (e.ctrlKey ? 2 : 0) | (e.metaKey ? 4 : 0) });
  if (fate === "page") return false;
  e.stopImmediatePropagation();
  if (fate === "browser") return true;
  e.preventDefault();
  if (e.type === "keydown") tell("key", fieldsOnly());
  return true;
}

function onEvent(e: Event): void {
  if (e.type === "focusin" || e.type === "pointerdown") left = null;
  if (!retired && keptFromPage(e)) return;
  if (!watched(e.isTrusted)) return;
  const v = eventVerdict(e);
  if (!v) return;
  e.stopImmediatePropagation();
  if (e.type === "focusin" && actor === "agent") leaveFocus(e);
  const passing = e.type === "wheel" || (e instanceof KeyboardEvent && passingKeys.has(e.key));
  if (!passing) e.preventDefault();
  const how = attempts[e.type];
  if (how) tell(e.isTrusted ? how : "script", v);
}

/** What an agent's hand gave the focus to and could not keep it: their next key is meant for it. */
let left: Element | null = null;

/** A guarded control does not keep the focus that an agent's hand gave it: the customer's next space or Enter would press it. */
function leaveFocus(e: Event): void {
  const el = targetOf(e);
  if (!(el instanceof HTMLElement || el instanceof SVGElement)) return;
  el.blur();
  left = el;
}

/**
 * Listens on a target. Adding again is a no-op while the listener is there; it is never removed first, as that would put it
 * behind a listener of the page.
 */
export function listen(target: EventTarget): void {
  for (const type of events) target.addEventListener(type, onEvent, { capture: true, passive: false });
}

/** A script's form.submit() sends no event; main.ts asks. */
export function allowsSubmit(form: HTMLFormElement): boolean {
  if (actor !== "agent" || !watched(false)) return true;
  const v = formVerdict(form);
  if (v) tell("script", v);
  return !v;
}

/** A script presses something that is outside of the document, where no listener hears it; main.ts asks. */
export function allowsPress(el: Element): boolean {
  if (actor !== "agent" || !watched(false)) return true;
  const v = verdictOf(el);
  if (v) tell("script", v);
  return !v;
}

/** Any way to leave the document: links, forms, scripts. */
export function listenNavigation(): void {
  const navigation = (globalThis as any).navigation as EventTarget | undefined;
  navigation?.addEventListener("navigate", (e: any) => {
    if (actor !== "agent" || !watched(false) || !e.cancelable) return;
    const source: Element | null = e.sourceElement ?? null;
    const form = source instanceof HTMLFormElement ? source : source && submitterForm(source);
    const rule = (e.formData && submits) || (e.downloadRequest !== null && e.downloadRequest !== undefined && downloads) || linkRule(resolve(e.destination?.url, document));
    const v = (form ? formVerdict(form, source === form ? null : source) : source && verdictOf(source)) ??
      (rule ? { rule: rule.id, name: source ? nameOf(source) : "link" } : null);
    if (!v) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    tell("script", v);
  }, { capture: true });
}
