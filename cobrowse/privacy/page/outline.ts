// A page's shape without its content: elements with the words that rules rely on. Rules are tested against it when the page is gone.

import { isChosen, isChosenId, isTelling, moduleName, naming } from "./durable";
import { shadowOf } from "./shadow";

const unread = new Set(["script", "style", "noscript", "template", "head", "link", "meta", "base", "path", "g", "defs"]);
const mostElements = 4000;
const mostDepth = 60;

/** Kept as they are: words of the standards. */
const standard: Record<string, RegExp> = { role: /^[a-z ]{1,40}$/, type: /^[a-z-]{1,20}$/, autocomplete: /^[a-z -]{1,60}$/ };

export function outline(): string {
  let left = mostElements;
  const write = (el: Element, depth: number): string => {
    if (unread.has(el.localName) || !/^[a-z][a-z0-9-]*$/.test(el.localName) || left-- <= 0 || depth > mostDepth) return "";
    const below = (root: ParentNode) => Array.from(root.children, (c) => write(c, depth + 1)).join("");
    const root = shadowOf(el);
    const inner = (root ? `<template>${below(root)}</template>` : "") + below(el);
    return `<${el.localName}${attributes(el)}>${inner}${empty.has(el.localName) ? "" : `</${el.localName}>`}`;
  };
  return document.body ? write(document.body, 0) : "";
}
const empty = new Set(["area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"]);

function attributes(el: Element): string {
  const kept: string[] = [];
  const keep = (name: string, value: string) => kept.push(` ${name}="${value}"`); // chosen words need no escaping
  if (isChosenId(el.id)) keep("id", el.id);
  const classes = [...el.classList].filter((c) => isTelling(c) || moduleName(c));
  if (classes.length) keep("class", classes.slice(0, 6).join(" "));
  for (const [name] of naming) {
    const value = el.getAttribute(name);
    if (value && isChosen(value)) keep(name, value);
  }
  for (const [name, fits] of Object.entries(standard)) {
    const value = el.getAttribute(name);
    if (value && fits.test(value)) keep(name, value);
  }
  return kept.join("");
}
