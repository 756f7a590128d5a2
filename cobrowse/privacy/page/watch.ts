// Watches every tree of the document. A MutationObserver's microtask runs before the next paint, so what a script adds is looked
// at before it can be seen.

import { checkAttributes } from "./attributes";
import { addBlocks, addBlocksOf, blockOf, changesReading, isBox, mayHold, scanBlock, takePending, type Block } from "./blocks";
import { config } from "./config";
import { keepCurtain } from "./curtain";
import { checkField, isField, type Field } from "./fields";
import { inherit, isMarked, show } from "./marks";
import { checkWords, hidesText } from "./modes";
import { checkPads, noteKey } from "./pad";
import { checkRules, checkRulesIn } from "./rules";
import { shadowOf } from "./shadow";
import { checkOwnStyle, checkSheets, expectSheet, forgetSheets } from "./sheets";
import { askAgain, lookAtPlaces } from "./visual";

type Root = Document | ShadowRoot;

const options: MutationObserverInit = { subtree: true, childList: true, characterData: true, attributes: true };
const own = new Set([config.mark, config.contents, config.pseudo, config.pseudoAll, config.reveal, config.painted, config.words]);
const known = new WeakSet<Root>();
const roots = new Set<WeakRef<Root>>();
const newRoot: ((root: Root) => void)[] = [];
const changed: (() => void)[] = [];

/** Marks restored so often in one task: the page fights the engine, and the two would go on for ever. */
const fightLimit = 100;
let rounds = 0;
let fought = false;
let fight: () => void = () => {};

function countRound(): void {
  if (++rounds === 1) setTimeout(() => (rounds = 0));
  if (rounds <= fightLimit) return;
  fought = true; // the document stays hidden as a whole, so nothing needs a mark any more
  fight();
}

export function onRoot(f: (root: Root) => void): void {
  newRoot.push(f);
  for (const root of allRoots()) f(root);
}
export function onChange(f: () => void): void {
  changed.push(f);
}
export function onFight(f: () => void): void {
  fight = f;
}

export function* allRoots(): Generator<Root> {
  for (const ref of roots) {
    const root = ref.deref();
    if (root && (root instanceof Document || root.isConnected)) yield root;
    else if (!root) roots.delete(ref);
  }
}

/** Begins to watch a tree and looks at all of it. */
export function watch(root: Root): void {
  if (!known.has(root)) {
    known.add(root);
    roots.add(new WeakRef(root));
    new MutationObserver((records) => see(root, records)).observe(root, options);
    for (const f of newRoot) f(root);
  }
  const work = new Work();
  work.tree(root);
  work.finish();
  checkSheets(root);
}

/** What one batch of changes makes it necessary to look at, each thing once. */
class Work {
  private blocks = new Set<Block>();
  private sheets = new Set<Root>();
  /** Whether a script had touched what the engine has put there. */
  restored = false;

  /** A subtree that is new, or all of a root. */
  tree(node: Node): void {
    if (node instanceof Element) this.element(node);
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let n = walker.nextNode(); n; n = walker.nextNode()) {
      if (n instanceof Element) this.element(n);
      else if (mayHold((n as Text).data)) addBlocks(n, this.blocks);
    }
  }

  private element(el: Element): void {
    if (el.hasAttribute(config.mark) && !isMarked(el)) show(el); // a clone of a hidden one
    if (el === document.documentElement) keepCurtain();
    inherit(el);
    checkRules(el);
    checkWords(el);
    this.attributes(el);
    noteKey(el);
    if (isField(el)) this.field(el);
    if (el instanceof HTMLLinkElement && !el.sheet) expectSheet(el);
    if (el.localName === "style" || el.localName === "link") this.sheets.add(el.getRootNode() as Root);
    const root = shadowOf(el);
    if (root && !known.has(root)) watch(root);
  }

  private attributes(el: Element): void {
    checkAttributes(el);
    if (!checkOwnStyle(el)) return;
    for (const root of allRoots()) if (root instanceof ShadowRoot) this.sheets.add(root); // they may inherit from it
  }

  field(el: Field): void {
    checkField(el);
    if (!isBox(el)) return;
    addBlocks(el, this.blocks);
    addBlocksOf(el, this.blocks);
  }

  text(node: Node): void {
    if (node.parentElement) {
      checkWords(node.parentElement);
      noteKey(node.parentElement);
    }
    if (mayHold((node as Text).data ?? "")) addBlocks(node, this.blocks);
    addBlocksOf(node, this.blocks);
    this.around(node.parentNode);
  }

  /** Children came or went: what is read around them may be another text now. */
  content(r: MutationRecord): void {
    if (r.target instanceof Element) {
      checkWords(r.target);
      noteKey(r.target);
    }
    if (changesReading(r.target, r.addedNodes) || changesReading(r.target, r.removedNodes)) addBlocksOf(r.target, this.blocks);
    this.around(r.target);
  }

  /** Content changed inside something whose meaning depends on its content. */
  around(parent: Node | null): void {
    if (!(parent instanceof Element)) return;
    const field = parent.closest("select,textarea");
    if (field && isField(field)) this.field(field);
    if (parent.localName === "style") {
      const root = parent.getRootNode() as Root;
      forgetSheets(root);
      this.sheets.add(root);
    }
  }

  attribute(el: Element, name: string): void {
    if (name === config.lift) {
      this.restored ||= keepCurtain();
      return;
    }
    if (name === "href" || name === "rel") expectSheet(el);
    const found = el.hasAttribute(name);
    if (own.has(name)) show(el);
    checkRules(el);
    if (own.has(name)) checkWords(el);
    this.attributes(el);
    noteKey(el);
    if (isField(el)) this.field(el);
    else if (el.localName === "option" || el.localName === "optgroup") this.around(el.parentNode);
    if (isMarked(el)) show(el);
    this.restored ||= own.has(name) && found !== el.hasAttribute(name);
    if (name === "style" || name === "class") this.places(el);
  }

  /** A style may have moved el, and so what is read around it. */
  private places(el: Element): void {
    askAgain(el);
    for (let up = 0, b = blockOf(el); b && up < 4; up++, b = b instanceof ShadowRoot ? null : blockOf(b)) askAgain(b);
  }

  finish(): void {
    for (const b of this.blocks) if (b.isConnected) scanBlock(b);
    for (const root of this.sheets) if (root instanceof Document || root instanceof ShadowRoot) checkSheets(root);
    if (this.sheets.size) askAgain();
    lookAtPlaces(lookAgain);
    checkPads();
  }
}

function lookAgain(): void {
  lookAtPlaces(lookAgain);
}

function see(root: Root, records: MutationRecord[]): void {
  if (fought) return;
  const work = new Work();
  for (const r of records) {
    if (r.type === "attributes") work.attribute(r.target as Element, r.attributeName!);
    else if (r.type === "characterData") work.text(r.target);
    else {
      for (const n of r.addedNodes) if (n.isConnected) n instanceof Element ? work.tree(n) : work.text(n);
      work.content(r);
    }
  }
  work.finish();
  if (work.restored) countRound();
  later(root);
  for (const f of changed) f();
}

/** Selectors may match elsewhere because of a change here; that is rare and costly, so it is looked at a few times a second. */
const due = new Set<Root>();
function later(root: Root): void {
  if (due.size === 0) {
    setTimeout(() => {
      for (const r of due) checkRulesIn(r);
      due.clear();
    }, 200);
  }
  due.add(root);
}

/** All texts again: a value became forbidden, or the parser has finished. */
export function rescan(): void {
  for (const root of allRoots()) {
    const work = new Work();
    work.tree(root);
    work.finish();
  }
}

/** Whatever may repeat what is forbidden: that is something else now. */
export function rescanTexts(): void {
  for (const root of allRoots()) {
    const blocks = new Set<Block>();
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let n = walker.nextNode(); n; n = walker.nextNode()) {
      if (n instanceof Element) {
        checkAttributes(n);
        if (isField(n)) checkField(n);
      } else addBlocks(n, blocks);
    }
    for (const b of blocks) scanBlock(b);
    forgetSheets(root);
    checkSheets(root);
  }
}

/** What a field holds has changed, which leaves no mutation record. */
export function recheckField(el: Field): void {
  const work = new Work();
  work.field(el);
  work.finish();
}

export function rescanPending(): void {
  for (const b of takePending()) if (b.isConnected) scanBlock(b);
}

/** Styles came or changed: texts may lie elsewhere. */
export function recheckPlaces(): void {
  askAgain();
  lookAgain();
}

/** The element's own tree and those below, as after an action that leaves no mutation record. */
export function rescanBelow(el: Element): void {
  const work = new Work();
  work.tree(el);
  const root = shadowOf(el);
  if (root) watch(root);
  work.finish();
}

/**
 * Chromium does not restyle what already lies in shadow trees when a user sheet arrives; a change of the attribute does. Called
 * once the sheet is active, before the curtain is lifted.
 */
export function refreshMarks(): void {
  for (const root of allRoots()) {
    if (root instanceof Document) continue;
    if (hidesText()) for (const el of root.querySelectorAll("*")) el.toggleAttribute(config.contents, !el.toggleAttribute(config.contents)); // the mode's sheet has no attribute
    for (const name of own) {
      for (const el of root.querySelectorAll(`[${name}]`)) {
        el.removeAttribute(name);
        el.setAttribute(name, "");
      }
    }
  }
}

let forgotten = false;
/** Some rule was changed in place. A script changes many in a row: they are read when it is done, which is before the next picture. */
export function forgetAllSheets(): void {
  if (forgotten) return;
  forgotten = true;
  queueMicrotask(() => {
    forgotten = false;
    for (const root of allRoots()) forgetSheets(root);
    checkAllSheets();
  });
}

/** Sheets have no mutation records: ask while something happens. */
export function checkAllSheets(): void {
  for (const root of allRoots()) checkSheets(root);
}

