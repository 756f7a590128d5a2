// Fields: what a person types. A field that ever held a secret stays hidden, and its value is forbidden everywhere else.

import { forget, holdsEcho, rememberText } from "./echoes";
import { accountsOf, isMarked, mark, unmark } from "./marks";
import { opensNumber } from "./pii";
import { deepActive } from "./shadow";
import { findAll } from "./private";
import { rules } from "./site";
import { plain } from "./text";

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const secretTokens = /(^|\s)(cc-(name|given-name|additional-name|family-name|number|exp|exp-month|exp-year|csc|type)|current-password|new-password|one-time-code)(\s|$)/i;
const sticky = new WeakSet<Element>();
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
  secrets = true;
  return true;
}

let secrets = false;
/** Whether this document has, or had, a field for a secret. */
export function hasSecret(): boolean {
  return secrets;
}

export function isPassword(el: Element): boolean {
  return passwords.has(el) || (el instanceof HTMLInputElement && el.type === "password");
}
const passwords = new WeakSet<Element>();

function textOf(el: Field): string {
  if (el instanceof HTMLSelectElement) return Array.from(el.options, (o) => o.label || o.text).join("\u0000");
  return el.value;
}

/** A file field shows what the customer's files are called, and pages repeat it. */
function checkFiles(el: HTMLInputElement): void {
  const files = Array.from(el.files ?? []);
  if (files.length) mark(el, owner, "file");
  else unmark(el, owner);
  for (const file of files) rememberText(file, file.name);
}

/** Looks at a field again. */
export function checkField(el: Field): void {
  if (el instanceof HTMLInputElement && el.type === "file") checkFiles(el);
  if (isSwitch(el)) return;
  if (el instanceof HTMLInputElement && el.type === "password") passwords.add(el);
  const reason = reasonFor(el);
  if (reason) mark(el, owner, reason);
  else unmark(el, owner);
  if (isMarked(el) && (reason !== "echo" || accountsOf(el) > 1)) remember(el); // two that repeat each other would never end
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
  return !isMarked(el) && forget(el);
}

/** A hidden field's value must not show elsewhere. */
function remember(el: Field): void {
  if (isSwitch(el) || (el instanceof HTMLInputElement && /^(submit|button|reset)$/.test(el.type))) return;
  rememberText(el, el instanceof HTMLSelectElement ? (el.selectedOptions[0]?.text ?? "") : el.value);
}
