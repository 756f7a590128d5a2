// Dates, colours, and the lists that the page does not draw itself (browser/page/select.css: those in trees below, of a size, for several):
// Chromium shows them in windows of its own, which are not in the picture. They are not opened here; people's pages show them instead, and
// what is chosen there comes back as the choice of whoever pressed.

import { agentActs, allowsPress, handOf } from "./guard";
import { box } from "./geometry";
import { isHidden } from "./marks";
import { hidesTextOf } from "./modes";
import { nameOf } from "./names";
import { say } from "./say";
import { deepActive } from "./shadow";

type Asking = HTMLSelectElement | HTMLInputElement;

const pickers = /^(date|time|datetime-local|month|week|color)$/;
/** The sign at the end of a field that opens its window, with what is around it. */
const signWidth = 30;
const mostChoices = 1000;
const mostLetters = 100_000;

let finger = false;
let touched = { x: 0, y: 0 };
let lastId = 0;
let open: { id: string; el: WeakRef<Asking> } | null = null;

/** Adding twice is a no-op. */
export function listenForAsks(target: EventTarget): void {
  for (const [type, f] of [["pointerdown", onPointer], ["touchend", onTouch], ["mousedown", onDown], ["click", onClick], ["keydown", onKey]] as const) {
    target.addEventListener(type, f as (e: Event) => void, { capture: true, passive: false });
  }
}

function targetOf(e: Event): Asking | null {
  const el = e.composedPath()[0];
  const field = el instanceof HTMLOptionElement ? el.closest("select") : el;
  return field instanceof HTMLSelectElement || field instanceof HTMLInputElement ? field : null;
}

function onPointer(e: PointerEvent): void {
  if (!e.isTrusted) return;
  finger = e.pointerType === "touch";
  touched = { x: e.clientX, y: e.clientY };
}

/** A list for several takes a finger without a press of a mouse. One that scrolled it chose nothing. */
function onTouch(e: TouchEvent): void {
  const el = targetOf(e);
  const at = e.changedTouches[0];
  if (!e.isTrusted || e.defaultPrevented || !(el instanceof HTMLSelectElement) || !el.multiple || el.matches(":disabled") || !at) return;
  if (Math.hypot(at.clientX - touched.x, at.clientY - touched.y) > 10 || !dropsDown(el)) return;
  e.preventDefault();
  el.focus({ preventScroll: true });
  ask(el);
}

/** Fingers cannot hold Ctrl to choose several. */
function dropsDown(el: HTMLSelectElement): boolean {
  const inline = el.multiple || el.size > 1;
  return (!inline || (el.multiple && finger)) && !getComputedStyle(el).appearance.startsWith("base");
}

function onDown(e: MouseEvent): void {
  const el = targetOf(e);
  if (!e.isTrusted || e.defaultPrevented || e.button !== 0 || !(el instanceof HTMLSelectElement) || el.matches(":disabled") || !dropsDown(el)) return;
  e.preventDefault();
  el.focus({ preventScroll: true });
  ask(el);
}

function onClick(e: MouseEvent): void {
  const el = targetOf(e);
  if (!e.isTrusted || e.defaultPrevented || !(el instanceof HTMLInputElement) || !opens(el)) return;
  const pressed = e.detail > 0;
  const means = el.type === "color" || (pressed && (onSign(el, e) || (pickers.test(el.type) && finger)));
  if (pickers.test(el.type)) e.preventDefault();
  if (means) ask(el);
}

function onKey(e: KeyboardEvent): void {
  const el = targetOf(e);
  if (!e.isTrusted || e.defaultPrevented || !el) return;
  const down = e.key === "ArrowDown" || e.key === "ArrowUp";
  const means = e.key === "F4" || (down && e.altKey) || (e.key === " " && !isSuggesting(el)) || (e.key === "ArrowDown" && isSuggesting(el));
  if (!means || (el instanceof HTMLSelectElement ? el.matches(":disabled") || !dropsDown(el) : !opens(el) || el.type === "color")) return;
  e.preventDefault();
  ask(el);
}

/** A script opens a field's window; main.ts asks. True when people's pages show it. */
export function showsPicker(el: Element): boolean {
  const may = el instanceof HTMLSelectElement ? dropsDown(el) : el instanceof HTMLInputElement && opens(el);
  if (!may || el.matches(":disabled") || !navigator.userActivation.isActive) return false;
  ask(el as Asking);
  return true;
}

function opens(el: HTMLInputElement): boolean {
  return !el.matches(":disabled") && !el.readOnly && (pickers.test(el.type) || isSuggesting(el));
}

function isSuggesting(el: Asking): boolean {
  return el instanceof HTMLInputElement && !pickers.test(el.type) && !!el.list?.options.length;
}

function onSign(el: Element, e: MouseEvent): boolean {
  const r = el.getBoundingClientRect();
  return getComputedStyle(el).direction === "rtl" ? e.clientX - r.left < signWidth : r.right - e.clientX < signWidth;
}

function optionsOf(el: Asking): HTMLOptionElement[] {
  const all = el instanceof HTMLSelectElement ? el.options : el.list?.options;
  return Array.from(all ?? []).slice(0, mostChoices);
}

function ask(el: Asking): void {
  const options = pickers.test(el.type) ? [] : optionsOf(el);
  if (agentActs() && [el, ...options].some((o) => isHidden(o) || hidesTextOf(o))) {
    say({ t: "refused", how: "mouse", name: nameOf(el), rule: "hidden" });
    return;
  }
  open = { id: String(++lastId), el: new WeakRef(el) };
  say({ t: "ask", by: handOf(), ask: { id: open.id, rect: box(el.getBoundingClientRect()), ...question(el, options) } });
}

function question(el: Asking, options: HTMLOptionElement[]): object {
  if (!options.length) return el instanceof HTMLInputElement ? { kind: el.type, default: el.value, min: el.min, max: el.max, step: el.step } : { kind: "choose" };
  let letters = 0;
  const choices = options.map((o) => ({
    label: (o.label || o.text || o.value).slice(0, (letters += o.label.length) < mostLetters ? undefined : 0),
    group: o.parentElement instanceof HTMLOptGroupElement ? o.parentElement.label : "",
    disabled: o.disabled || (o.parentElement instanceof HTMLOptGroupElement && o.parentElement.disabled),
    selected: el instanceof HTMLSelectElement && o.selected,
  }));
  return { kind: el instanceof HTMLSelectElement ? "choose" : "suggest", choices, multiple: el instanceof HTMLSelectElement && el.multiple };
}

/** Sets what was chosen, as the field's own window would. False when a guard keeps an agent from it. */
export function answerAsk(id: string, values: string[]): boolean {
  const el = open?.id === id ? open.el.deref() : undefined;
  open = null;
  if (!el?.isConnected || el.matches(":disabled")) return true;
  const chosen = optionsOf(el).filter((o, i) => values.includes(String(i)) && !o.disabled);
  if (![el, ...chosen].every(allowsPress)) return false;
  if (set(el, chosen, values[0] ?? "")) tellChanged(el);
  return true;
}

function set(el: Asking, chosen: HTMLOptionElement[], value: string): boolean {
  const before = stateOf(el);
  if (el instanceof HTMLSelectElement) for (const o of el.options) o.selected = chosen.includes(o);
  else if (pickers.test(el.type)) el.value = value;
  else if (chosen[0]) el.value = chosen[0].value;
  return stateOf(el) !== before;
}

function stateOf(el: Asking): string {
  return el instanceof HTMLSelectElement ? Array.from(el.options, (o) => Number(o.selected)).join("") : el.value;
}

function tellChanged(el: Asking): void {
  if (deepActive() !== el) el.focus({ preventScroll: true });
  el.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  el.dispatchEvent(new Event("change", { bubbles: true }));
}
