// Private data in generated content. Such text has no element; where a sheet holds any, all generated content of its tree goes.

import { isPrivate } from "./attributes";
import { config } from "./config";
import { flag } from "./marks";

const read = new WeakMap<CSSStyleSheet, { rules: number; holds: boolean }>();

function strings(css: string): string {
  return css
    .replace(/\\([0-9a-fA-F]{1,6})\s?/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16) || 0xfffd))
    .replace(/["'\\]\s*["']?/g, "");
}

/** Counters can spell any number: three in one content are taken for one. */
function isSuspicious(content: string): boolean {
  return (content.match(/counters?\(/g)?.length ?? 0) >= 3 || !!isPrivate(strings(content));
}

function holds(rules: CSSRuleList): boolean {
  for (const rule of rules) {
    if (rule instanceof CSSStyleRule) {
      const style = rule.style;
      if (style.content && isSuspicious(style.content)) return true;
      for (const name of style) if (name.startsWith("--") && isSuspicious(style.getPropertyValue(name))) return true;
    }
    const inner = (rule as CSSGroupingRule).cssRules;
    if (inner?.length && holds(inner)) return true;
    if (rule instanceof CSSImportRule && rule.styleSheet && sheetHolds(rule.styleSheet)) return true;
  }
  return false;
}

function sheetHolds(sheet: CSSStyleSheet): boolean {
  let rules: CSSRuleList;
  try {
    rules = sheet.cssRules;
  } catch {
    return foreignHolds(sheet);
  }
  const known = read.get(sheet);
  if (known?.rules === rules.length) return known.holds;
  const answer = { rules: rules.length, holds: holds(rules) };
  read.set(sheet, answer);
  return answer.holds;
}

/** Sheets of other origins, by address: what is known of them. Until then they are taken to hold something. */
const foreign = new Map<string, boolean>();
let found: () => void = () => {};
export function onForeignSheet(f: () => void): void {
  found = f;
}

/** The worker may read what this world may not. */
function foreignHolds(sheet: CSSStyleSheet): boolean {
  const address = sheet.href;
  if (!address) return true;
  if (!foreign.has(address)) {
    foreign.set(address, true);
    void textHolds(address, 0).then((holdsSome) => {
      foreign.set(address, holdsSome);
      found();
    });
  }
  return foreign.get(address)!;
}

const deepest = 4;
const imports = /@import\s+(?:url\()?\s*["']?([^"')\s;]+)/gi;

async function textHolds(address: string, depth: number): Promise<boolean> {
  const text: unknown = await chrome.runtime.sendMessage({ t: "css", url: address }).catch(() => undefined);
  if (typeof text !== "string" || depth > deepest) return true;
  const copy = new CSSStyleSheet();
  copy.replaceSync(text);
  if (holds(copy.cssRules)) return true;
  for (const m of text.matchAll(imports)) if (await textHolds(new URL(m[1]!, address).href, depth + 1)) return true;
  return false;
}

/** A rule of a sheet was changed in place. */
export function forgetSheets(root: Document | ShadowRoot): void {
  for (const sheet of [...root.styleSheets, ...root.adoptedStyleSheets]) read.delete(sheet);
}

/** Looks at the sheets of a tree that are new or have grown. */
export function checkSheets(root: Document | ShadowRoot): void {
  const any = [...root.styleSheets, ...root.adoptedStyleSheets].some(sheetHolds);
  for (const el of root.children) flag(el, config.pseudoAll, any);
}
