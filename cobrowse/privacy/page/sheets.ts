// Private data in generated content. Such text has no element; where a sheet holds any, all generated content of its tree goes.

import { isPrivate } from "./attributes";
import { config } from "./config";
import { hasEchoes } from "./echoes";
import { flag } from "./marks";
import { hidesText } from "./modes";
import { hasPatterns } from "./private";
import { rules } from "./site";

/** What a sheet is watched for: private text that it generates, and pseudo elements with a text colour of their own. */
interface Holds {
  text: boolean;
  painted: boolean;
}

const nothing: Holds = { text: false, painted: false };
const everything: Holds = { text: true, painted: true };
const both = (all: Holds[]): Holds => ({ text: all.some((h) => h.text), painted: all.some((h) => h.painted) });
const read = new WeakMap<CSSStyleSheet, { rules: number; holds: Holds }>();

function strings(css: string): string {
  return css
    .replace(/\\([0-9a-fA-F]{1,6})\s?/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16) || 0xfffd))
    .replace(/["'\\]\s*["']?/g, "");
}

/** Whether any text is looked for. */
function searches(): boolean {
  return rules.pii.length > 0 || hasPatterns() || hasEchoes();
}

/** Counters can spell any number: three in one content are taken for one. */
function isSuspicious(content: string): boolean {
  return (content.match(/counters?\(/g)?.length ?? 0) >= 3 || !!isPrivate(strings(content));
}

/** Content put together from several attributes or properties, or from one and an at sign, may be private where none of its parts is. */
function joins(content: string): boolean {
  const parts = new Set(content.match(/(?<!,\s*)\b(attr|var)\(\s*[^\s,)]+/g)); // behind a comma it takes the place of another
  return parts.size >= 2 || (parts.size === 1 && content.includes("@"));
}

/** Two counters that do not begin with small numbers are enough to spell one. */
const largeCounter = /counter-(set|reset|increment)[^;]*\d{5}/;
const counters = ["counter-reset", "counter-set", "counter-increment"];

function holds(rules: CSSRuleList): Holds {
  let found = nothing;
  for (const rule of rules) {
    if (found.text && found.painted) break;
    const all = [found];
    all.push({ text: generatesText(rule), painted: rule instanceof CSSStyleRule && paints(rule) });
    const inner = readWhole(rule) ? undefined : (rule as CSSGroupingRule).cssRules;
    if (inner?.length) all.push(holds(inner));
    if (rule instanceof CSSImportRule) all.push(rule.styleSheet ? sheetHolds(rule.styleSheet) : unloaded());
    found = both(all);
  }
  return found;
}

/** Counter styles, registered properties and functions hold strings of their own. */
function readWhole(rule: CSSRule): boolean {
  return /^@(counter-style|property|function)/.test(rule.cssText.slice(0, 14));
}

/** Keyframes and the like have styles too. */
function generatesText(rule: CSSRule): boolean {
  if (readWhole(rule)) return isSuspicious(rule.cssText);
  const style = (rule as CSSStyleRule).style as CSSStyleDeclaration | undefined;
  return !!style && generates(style);
}

const generating = ["content", "quotes", "list-style-type", "hyphenate-character"];

function generates(style: CSSStyleDeclaration): boolean {
  if (generating.some((name) => isSuspicious(style.getPropertyValue(name)))) return true;
  if (searches() && (joins(style.getPropertyValue("content")) || counters.some((name) => /\d{5}/.test(style.getPropertyValue(name))))) return true;
  for (const name of style) if (name.startsWith("--") && isSuspicious(style.getPropertyValue(name))) return true;
  return false;
}

const inherited = /--|quotes|list-style|hyphenate/;
const heirs = new WeakSet<Element>();

/** An element's own style may give what is below it text to generate. Returns whether that is another answer than before. */
export function checkOwnStyle(el: Element): boolean {
  const css = el.getAttribute("style");
  if (css && largeCounter.test(css)) spelled = true; // what follows el counts on from it
  const gives = !!css && inherited.test(css) && generates((el as HTMLElement).style);
  if (gives === heirs.has(el)) {
    if (gives) flag(el, config.pseudoAll, true);
    return false;
  }
  gives ? heirs.add(el) : heirs.delete(el);
  flag(el, config.pseudoAll, gives || ofSheets.has(el));
  return true;
}

const ofSheets = new WeakSet<Element>();

/** Whether the host of a tree lies in something that gives it such text. */
function inherits(root: Document | ShadowRoot): boolean {
  return root instanceof ShadowRoot && !!root.host.closest(`[${config.pseudoAll}]`);
}

const pseudo = /::|:(before|after|first-l)/;
const colours = ["-webkit-text-fill-color", "-webkit-text-stroke-color", "text-shadow", "background-clip", "animation-name", "all"];

function paints(rule: CSSStyleRule): boolean {
  return pseudo.test(rule.selectorText) && colours.some((c) => rule.style.getPropertyValue(c) !== "");
}

let spelled = false;
/** A script gives generated content its text, past all sheets. */
export function scriptSpells(): void {
  spelled = true;
}

let incomplete = false;
/** A sheet that is imported and not there yet is taken to hold something. */
function unloaded(): Holds {
  incomplete = true;
  return everything;
}

function sheetHolds(sheet: CSSStyleSheet): Holds {
  let rules: CSSRuleList;
  try {
    rules = sheet.cssRules;
  } catch {
    return foreignHolds(sheet);
  }
  const known = read.get(sheet);
  if (known?.rules === rules.length) return known.holds;
  const before = incomplete;
  incomplete = false;
  const answer = { rules: rules.length, holds: holds(rules) };
  if (!incomplete) read.set(sheet, answer);
  incomplete ||= before;
  return answer.holds;
}

const expected = new Set<Element>();

/** A sheet that a link asks for counts from the moment it is there, and only then is the link told: until that it is taken to hold something. */
export function expectSheet(link: Element): void {
  if (link instanceof HTMLLinkElement && link.relList.contains("stylesheet") && link.href && !link.disabled && /^(text\/css)?$/i.test(link.type)) expected.add(link);
}

/** The link was told. */
export function sheetCame(link: Element): void {
  expected.delete(link);
}

function expects(root: Document | ShadowRoot): boolean {
  for (const link of expected) {
    if (!link.isConnected) expected.delete(link);
    else if (link.getRootNode() === root) return searches();
  }
  return false;
}

/** Sheets of other origins, by address: what is known of them. Until then they are taken to hold something. */
const foreign = new Map<string, Holds>();
let found: () => void = () => {};
export function onForeignSheet(f: () => void): void {
  found = f;
}

/** The worker may read what this world may not. */
function foreignHolds(sheet: CSSStyleSheet): Holds {
  const address = sheet.href;
  if (!address) return everything;
  if (!foreign.has(address)) {
    foreign.set(address, everything);
    void textHolds(address, 0).then((holdsSome) => {
      foreign.set(address, holdsSome);
      found();
    });
  }
  return foreign.get(address)!;
}

const deepest = 4;
const imports = /@import\s+(?:url\()?\s*["']?([^"')\s;]+)/gi;

async function textHolds(address: string, depth: number): Promise<Holds> {
  const text: unknown = await chrome.runtime.sendMessage({ t: "css", url: address }).catch(() => undefined);
  if (typeof text !== "string" || depth > deepest) return everything;
  const copy = new CSSStyleSheet();
  copy.replaceSync(text);
  const all = [holds(copy.cssRules)];
  for (const m of text.matchAll(imports)) all.push(await textHolds(new URL(m[1]!, address).href, depth + 1));
  return both(all);
}

/** A rule of a sheet was changed in place. */
export function forgetSheets(root: Document | ShadowRoot): void {
  for (const sheet of [...root.styleSheets, ...root.adoptedStyleSheets]) read.delete(sheet);
}

/** Looks at the sheets of a tree that are new or have grown. */
export function checkSheets(root: Document | ShadowRoot): void {
  const all = both([...root.styleSheets, ...root.adoptedStyleSheets].map(sheetHolds));
  const text = all.text || (spelled && searches()) || expects(root) || inherits(root);
  for (const el of root.children) {
    text ? ofSheets.add(el) : ofSheets.delete(el);
    flag(el, config.pseudoAll, text || heirs.has(el));
    flag(el, config.painted, all.painted && hidesText());
  }
}
