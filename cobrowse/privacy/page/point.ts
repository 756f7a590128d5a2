// What is at a point of the page, and how a rule could name it so that it still does after the site's next deployment: by what people
// chose (ids, names, labels, roles), by its place only when nothing else tells it apart.

import { isChosen, isChosenId, isTelling, moduleName, naming } from "./durable";
import { isMarked, reasonOf } from "./marks";
import { isClickable, nameOf } from "./names";
import { flatParent, stackAt } from "./shadow";
import { host } from "./site";
import { allRoots } from "./watch";



interface Choice {
  selector: string;
  by: string;
  matches: number;
}

interface Thing {
  tag: string;
  name: string;
  host: string;
  rect: { x: number; y: number; w: number; h: number };
  hidden?: string;
  choices: Choice[];
}

interface Picked extends Thing {
  above: Thing[]; // what holds it, the innermost first
}

const mostChoices = 8;
const mostAbove = 6;
/** A rule that matches more things than this says nothing about the one that was meant. */
const tooMany = 200;

export function pick(x: number, y: number): Picked | null {
  const el = meant(stackAt(x, y)[0]);
  return el ? { ...describe(el), above: around(el).map(describe) } : null;
}

/** What a person means who points at a part of a drawing or of a button. */
function meant(el: Element | undefined): Element | null {
  if (!el || isPage(el)) return null;
  let found = el;
  for (let p: SVGElement | null = el instanceof SVGElement ? el : null; p; p = p.ownerSVGElement) found = p;
  if (found instanceof HTMLOptionElement) found = found.closest("select") ?? found;
  for (let p: Element | null = found, up = 0; p && up < 4 && !isPage(p); p = flatParent(p), up++) {
    if (isClickable(p) && !(p instanceof HTMLLabelElement)) return p;
  }
  return found;
}

function isPage(el: Element): boolean {
  return el === document.documentElement || el === document.body;
}

/** The things around el that are larger than what they hold. */
function around(el: Element): Element[] {
  const all: Element[] = [];
  let last = areaOf(el);
  for (let p = flatParent(el); p && !isPage(p) && all.length < mostAbove; p = flatParent(p)) {
    const area = areaOf(p);
    if (area > last * 1.02) all.push(p);
    last = Math.max(last, area);
  }
  return all;
}

function areaOf(el: Element): number {
  const r = el.getBoundingClientRect();
  return r.width * r.height;
}

function describe(el: Element): Thing {
  const r = el.getBoundingClientRect();
  const thing: Thing = { tag: el.localName, name: nameOf(el), host, rect: { x: r.x, y: r.y, w: r.width, h: r.height }, choices: choicesFor(el) };
  const hidden = hiddenBy(el);
  return hidden ? { ...thing, hidden } : thing;
}

function hiddenBy(el: Element): string {
  for (let p: Element | null = el; p; p = flatParent(p)) if (isMarked(p)) return reasonOf(p);
  return "";
}

/** The ways to name el, the most durable first. Those that match it alone come before those that match its like. */
function choicesFor(el: Element): Choice[] {
  const own = namings(el).map((c) => counted(el, c)).filter((c) => c !== null);
  const alone = own.filter((c) => c.matches === 1);
  const like = own.filter((c) => c.matches > 1 && c.matches <= tooMany);
  if (alone.length < 3) alone.push(...narrowed(el, like));
  const placed = alone.length ? [] : [place(el)];
  // A wide kind of element is no better than a place; a chosen word is, also where it names a whole list.
  const words = like.filter((c) => c.by !== "role");
  const seen = new Set<string>();
  return [...alone, ...words, ...placed, ...like.filter((c) => c.by === "role")]
    .filter((c) => !seen.has(c.selector) && seen.add(c.selector)).slice(0, mostChoices);
}

function counted(el: Element, [selector, by]: readonly [string, string]): Choice | null {
  try {
    return el.matches(selector) ? { selector, by, matches: countOf(selector) } : null;
  } catch {
    return null;
  }
}

/** Rules are looked for in each tree by itself. */
function countOf(selector: string): number {
  let n = 0;
  for (const root of allRoots()) n += root.querySelectorAll(selector).length;
  return n;
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}

/** What el itself says about itself, the most durable first. */
function namings(el: Element): (readonly [string, string])[] {
  const tag = el.localName;
  const all: (readonly [string, string])[] = [];
  const attribute = (name: string, by: string, fits: (value: string) => boolean) => {
    const value = el.getAttribute(name);
    if (value && fits(value)) all.push([`${tag}[${name}=${quoted(value)}]`, by]);
  };
  if (isChosenId(el.id)) all.push([CSS.escape(el.id) === el.id ? `#${el.id}` : `[id=${quoted(el.id)}]`, "id"]);
  for (const [name, by] of naming) if (by === "name") attribute(name, by, isChosen);
  oneOfAGroup(el, all);
  const token = el.getAttribute("autocomplete")?.trim();
  if (token && /^[a-z -]+$/.test(token) && token !== "off" && token !== "on") {
    all.push([`${tag}[autocomplete~=${quoted(token.split(/\s+/).at(-1)!)}]`, "autocomplete"]);
    if (token.includes(" ")) all.push([`${tag}[autocomplete=${quoted(token)}]`, "autocomplete"]);
  }
  for (const [name, by] of naming) if (by === "test") attribute(name, by, isChosen);
  for (const name of ["aria-label", "placeholder", "title", "alt"]) attribute(name, "label", isPlain);
  attribute("for", "label", isChosenId);
  if (el instanceof HTMLInputElement && el.hasAttribute("type")) attribute("type", "role", isChosen);
  attribute("role", "role", isChosen);
  all.push(...classesOf(el).map((c) => [c, "class"] as const));
  const link = linkOf(el);
  if (link) all.push([link, "link"]);
  if (tag.includes("-") && isChosen(tag)) all.push([tag, "role"]);
  if (/^(h1|main|nav|header|footer|aside|form|table|dialog|canvas|video|fieldset|legend|caption|address|iframe|select|textarea|button)$/.test(tag)) all.push([tag, "role"]);
  return all;
}

/** A radio button or a checkbox shares its name with the others. */
function oneOfAGroup(el: Element, all: (readonly [string, string])[]): void {
  if (!(el instanceof HTMLInputElement) || !/^(radio|checkbox)$/.test(el.type) || !isChosen(el.name) || !isChosen(el.getAttribute("value") ?? "")) return;
  all.push([`input[name=${quoted(el.name)}][value=${quoted(el.value)}]`, "name"]);
}

/** A label that is the site's, as far as that can be seen: nothing in it that could be one person's. */
function isPlain(label: string): boolean {
  return label.length <= 60 && !/\d{3}|[@"'\\{};]|::|\/\*|\n/.test(label);
}

function classesOf(el: Element): string[] {
  const names = [...el.classList];
  const chosen = names.filter(isTelling).map((c) => `.${CSS.escape(c)}`);
  if (chosen.length > 1) chosen.splice(0, 0, chosen.slice(0, 2).join(""));
  return [...names.map(moduleName).filter(Boolean).map((m) => `[class*=${quoted(m)}]`), ...chosen];
}

/** Where a link or a frame leads: host and path, without what belongs to one person or one moment. */
function linkOf(el: Element): string {
  const attribute = el.localName === "a" ? "href" : el.localName === "iframe" ? "src" : "";
  const value = attribute && el.getAttribute(attribute);
  if (!value || /^(#|javascript:|data:|blob:|about:|mailto:|tel:)/i.test(value)) return "";
  const path = value.split(/[?#]/)[0]!;
  const parts = path.replace(/^(https?:)?\/\/[\w\-.]+(:\d+)?/, "").split("/").filter(Boolean);
  if (path.length < 2 || !/^[\w\-./:]+$/.test(path) || !parts.every(isChosen)) return "";
  return value === path ? `${el.localName}[${attribute}=${quoted(path)}]` : `${el.localName}[${attribute}^=${quoted(path)}]`;
}

/** The nearest things around el that one chosen word names alone. */
function anchors(el: Element): Choice[] {
  const found: Choice[] = [];
  for (let p = el.parentElement; p && found.length < 3 && !isPage(p); p = p.parentElement) {
    const best = namings(p).map((c) => counted(p, c)).find((c) => c?.matches === 1);
    if (best) found.push(best);
  }
  return found;
}

/** What el is called within something that is told apart: the city of the billing address. */
function narrowed(el: Element, like: Choice[]): Choice[] {
  const found: Choice[] = [];
  const names = [...like, { selector: el.localName, by: "inside", matches: 0 }];
  for (const anchor of anchors(el)) {
    for (const { selector, by } of names) {
      const choice = counted(el, [`${anchor.selector} ${selector}`, by === "inside" || by === "role" ? "inside" : by]);
      if (choice?.matches === 1) found.push(choice);
    }
  }
  return [...found.sort((a, b) => rank(a.by) - rank(b.by)), ...beside(el)];
}

/** Right after something that is told apart: the value after its term. */
function beside(el: Element): Choice[] {
  const before = el.previousElementSibling;
  const best = before && namings(before).map((c) => counted(before, c)).find((c) => c?.matches === 1);
  const choice = best && counted(el, [`${best.selector} + ${el.localName}`, "inside"]);
  return choice?.matches === 1 ? [choice] : [];
}

const order = ["id", "name", "autocomplete", "test", "label", "role", "class", "link", "inside"];
function rank(by: string): number {
  return order.indexOf(by);
}

/** The last resort: counted from the nearest anchor, or from the top of the tree. */
function place(el: Element): Choice {
  const steps: string[] = [];
  let start = "";
  for (let p: Element | null = el; p && !isPage(p); p = p.parentElement) {
    const best = p === el ? undefined : namings(p).map((c) => counted(p!, c)).find((c) => c?.matches === 1);
    if (best) {
      start = best.selector;
      break;
    }
    steps.unshift(step(p));
  }
  if (!start && el.getRootNode() instanceof Document) start = "body";
  const selector = [start, ...steps].filter(Boolean).join(" > ");
  return { selector, by: "position", matches: countOf(selector) };
}

function step(el: Element): string {
  const parent = el.parentNode as ParentNode | null;
  const same = Array.from(parent?.children ?? []).filter((c) => c.localName === el.localName);
  return same.length > 1 ? `${el.localName}:nth-of-type(${same.indexOf(el) + 1})` : el.localName;
}

