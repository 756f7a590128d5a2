// Fields: what a person types. A field that ever held a secret stays hidden, and its value is forbidden everywhere else.

import { isMarked, mark, unmark } from "./marks";
import { opensNumber } from "./pii";
import { deepActive } from "./shadow";
import { findAll } from "./private";
import { rules } from "./site";
import { plain } from "./text";

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const secretTokens = /(^|\s)(cc-(name|given-name|additional-name|family-name|number|exp|exp-month|exp-year|csc|type)|current-password|new-password|one-time-code)(\s|$)/i;
const sticky = new WeakSet<Element>();
const echoes = new Map<Element, string>();
const owner = { field: true };

export function isField(el: Element): el is Field {
  return el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement || el instanceof HTMLSelectElement;
}

const noText = /^(checkbox|radio|range|color|file|image|hidden|button|submit|reset)$/;
/** Whether a person can type text into el. */
export function takesText(el: Element): boolean {
  if (isField(el)) return !(el instanceof HTMLSelectElement) && !el.readOnly && !noText.test(el.type);
  return el instanceof HTMLElement && el.isContentEditable;
}

/** Fields without text of their own. */
function isSwitch(el: Field): boolean {
  return el instanceof HTMLInputElement && /^(checkbox|radio|range|color|file|image|hidden)$/.test(el.type);
}

function isSecret(el: Field): boolean {
  if (sticky.has(el)) return true;
  const password = el instanceof HTMLInputElement && el.type === "password";
  if (!password && !secretTokens.test(el.getAttribute("autocomplete") ?? "")) return false;
  sticky.add(el);
  return true;
}

export function isPassword(el: Element): boolean {
  return passwords.has(el) || (el instanceof HTMLInputElement && el.type === "password");
}
const passwords = new WeakSet<Element>();

function textOf(el: Field): string {
  if (el instanceof HTMLSelectElement) return Array.from(el.options, (o) => o.label || o.text).join("\u0000");
  return el.value;
}

/** Looks at a field again. */
export function checkField(el: Field): void {
  if (isSwitch(el)) return;
  if (el instanceof HTMLInputElement && el.type === "password") passwords.add(el);
  const reason = reasonFor(el);
  if (reason) mark(el, owner, reason);
  else unmark(el, owner);
  if (isMarked(el)) remember(el);
}

function reasonFor(el: Field): string {
  if (isSecret(el)) return passwords.has(el) ? "password" : "card";
  const text = plain(textOf(el)).text;
  const hit = findAll(text)[0];
  if (hit) return hit.kind;
  if (el === deepActive() && opensNumber(text)) return "card";
  return holdsEcho(text, el) ? "echo" : "";
}

const typingOwner = { typing: true };
let typing: Element | null = null;

/** What a person types is hidden until they leave the field: no beginning of a number shows. */
export function startTyping(el: Element): void {
  if (!rules.hideTyping || !takesText(el)) return;
  if (typing !== el) stopTyping();
  typing = el;
  mark(el, typingOwner, "typing");
  if (isField(el)) remember(el);
}

/** Returns whether texts that repeat what was typed may be seen again. */
export function stopTyping(): boolean {
  const el = typing;
  typing = null;
  if (!el) return false;
  unmark(el, typingOwner);
  if (isField(el)) checkField(el);
  return !isMarked(el) && echoes.delete(el);
}

/** A hidden field's value must not show elsewhere. Short values would hide half the page. */
function remember(el: Field): void {
  if (isSwitch(el) || (el instanceof HTMLInputElement && /^(submit|button|reset)$/.test(el.type))) return;
  const shown = el instanceof HTMLSelectElement ? (el.selectedOptions[0]?.text ?? "") : el.value;
  const value = plain(shown).text.trim().toLowerCase();
  if (value.length < 4) return; // keep the last long one: an emptied field's value may still stand elsewhere
  echoes.set(el, value);
  if (echoes.size > 50) echoes.delete(echoes.keys().next().value!);
}

export function hasEchoes(): boolean {
  return echoes.size > 0;
}

/** Where the values of hidden fields stand in text (as plain() made it): exactly, or digit by digit in another grouping. */
export function findEchoes(text: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  if (!echoes.size) return found;
  const lower = text.toLowerCase();
  for (const value of echoes.values()) {
    for (let i = lower.indexOf(value); i >= 0; i = lower.indexOf(value, i + 1)) found.push({ start: i, end: i + value.length });
    if (/\s/.test(value)) found.push(...respaced(lower, value));
    const digits = value.replace(/[^0-9]/g, "");
    if (digits.length >= 6 && digits.length >= value.length - 6) found.push(...regrouped(text, digits));
  }
  return found;
}

/** Words of a value may be parted otherwise than they were typed: by more space, a line, an element. */
function respaced(text: string, value: string): { start: number; end: number }[] {
  const words = value.split(/\s+/).map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return Array.from(text.matchAll(new RegExp(words.join("[\\s\u0001,]{1,20}"), "g")), (m) => ({ start: m.index, end: m.index + m[0].length }));
}

function regrouped(text: string, digits: string): { start: number; end: number }[] {
  return Array.from(text.matchAll(new RegExp([...digits].join("[^\\p{L}\\p{N}\\u0000]{0,3}"), "gu")), (m) => ({
    start: m.index,
    end: m.index + m[0].length,
  }));
}

function holdsEcho(text: string, self: Element): boolean {
  const mine = echoes.get(self);
  if (mine === undefined) return findEchoes(text).length > 0;
  echoes.delete(self);
  const found = findEchoes(text).length > 0;
  echoes.set(self, mine);
  return found;
}
