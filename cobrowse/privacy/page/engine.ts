// The engine of one document, in the extension's isolated world, before any script of the page.

import { answerAsk, listenForAsks, showsPicker } from "./asks";
import { config, Signal, type Rules } from "./config";
import { copied, listenForCopies } from "./copies";
import { alsoHide, join } from "./echoes";
import { listenForExternals } from "./external";
import { isField, startTyping, stopTyping, takesText } from "./fields";
import { agentActs, allowsPress, allowsSubmit, forgetVerdicts, keyBlocked, listen, listenNavigation, pointBlocked, retire, setActor } from "./guard";
import { forgetHealth } from "./health";
import { collect, hiddenFrame, reveal, showMessage } from "./layer";
import { isHidden, isMarked, mark, onMark, unmark } from "./marks";
import { dropHighlights } from "./modes";
import { outline } from "./outline";
import { pick } from "./point";
import { beat, becomeReady, fail, onNewerRules, readiness } from "./ready";
import { brokenRules } from "./rules";
import { layerChanged, say } from "./say";
import { deepActive, shadowOf } from "./shadow";
import { onForeignSheet, scriptSpells, sheetCame } from "./sheets";
import { host, rules, useRules } from "./site";
import { spread, tellForbidden } from "./spread";
import { wants } from "./wants";
import { allRoots, checkAllSheets, forgetAllSheets, onChange, onFight, onRoot, recheckField, rescan, rescanBelow, recheckPlaces, rescanPending, rescanTexts, watch } from "./watch";

interface Engine {
  document: Document;
  end(): void;
}

const world = globalThis as unknown as { __cobrowse?: Engine };

if (world.__cobrowse?.document !== document) {
  world.__cobrowse?.end(); // a window used again for another document keeps its globals
  start();
}

function start(): void {
  const life = new AbortController();
  listen(window);
  listen(document);
  listenNavigation();
  listenForExternals();
  listenForState(window);
  listenForCopies();
  listenForAsks(window);
  onRoot((root) => {
    if (root instanceof ShadowRoot) {
      listen(root);
      listenForState(root);
      listenForAsks(root);
    }
  });
  onMark(layerChanged);
  onChange(() => {
    forgetVerdicts();
    forgetHealth();
    layerChanged();
    stayAwake();
  });
  onFight(() => fail("fight"));
  visualViewport?.addEventListener(config.signal, onSignal, { signal: life.signal });

  const broken = brokenRules(rules);
  if (broken) fail(broken);
  onNewerRules((newer) => {
    const wrong = brokenRules(newer);
    if (wrong) fail(wrong);
    else adopt(newer);
  });
  onForeignSheet(checkAllSheets);
  spread();
  watch(document);

  const parsed = () => {
    rescanPending();
    rescan();
    checkAllSheets();
    recheckPlaces();
    layerChanged(); // also where nothing is hidden: that is news
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", parsed, { once: true });
  else parsed();
  addEventListener("pageshow", (e) => {
    if (!e.persisted) return;
    void becomeReady();
    tellForbidden();
  }, { signal: life.signal });

  const beats = setInterval(beat, 1000);
  const pings = window === window.top ? setInterval(() => void chrome.runtime.sendMessage({ t: "ping" }).catch(() => {}), 20_000) : 0;
  world.__cobrowse = Object.freeze({
    document,
    setActor, pointBlocked, keyBlocked, collect, setRules, reveal, nudge, state, pick, outline, alsoHide, join, hideAll, hiddenFrame, answerAsk,
    end() {
      life.abort();
      retire();
      clearInterval(beats);
      clearInterval(pings);
    },
  });
  void becomeReady();
}

/**
 * Changes the rules of the present document. Marks stand at once; the promise is fulfilled, with the time in epoch milliseconds, when the
 * user sheet stands too and two frames have passed. It rejects, and nothing has changed, when this browser does not understand a rule.
 */
async function setRules(next: Rules): Promise<number> {
  const broken = brokenRules(next);
  if (broken) throw new Error(broken);
  if (next.version > rules.version) adopt(next);
  else if (readiness().readyAt) return readiness().readyAt;
  const at = await becomeReady();
  if (!at) throw new Error(readiness().failed);
  return at;
}

const hiddenFrameOwner = { frame: true };
/** The document lies in a frame that is hidden: its texts and fields are for the customer's layer. */
function hideAll(on: boolean): void {
  if (!document.documentElement) return;
  if (on) mark(document.documentElement, hiddenFrameOwner, "rule");
  else unmark(document.documentElement, hiddenFrameOwner);
}

function adopt(next: Rules): void {
  useRules(next);
  dropHighlights();
  rescan();
  checkAllSheets();
  forgetVerdicts();
  layerChanged();
}

function state(): object {
  const { readyAt, failed } = readiness();
  let marked = 0;
  for (const root of allRoots()) marked += root.querySelectorAll(`[${config.mark}]`).length;
  return { readyAt, failed, marked, host };
}

/** Repaints a corner, so that a page at rest yields a picture. */
function nudge(): void {
  const dot = document.documentElement instanceof SVGElement ? svgDot() : document.createElement("div");
  dot.style.cssText = "all:initial;position:fixed;left:0;top:0;width:1px;height:1px;z-index:2147483647;background:#000;opacity:.01;pointer-events:none";
  document.documentElement?.append(dot);
  requestAnimationFrame(() => requestAnimationFrame(() => dot.remove()));
}

/** A picture that is a document of its own paints no box of a style. */
function svgDot(): SVGElement {
  const dot = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of [["width", "2"], ["height", "2"]] as const) dot.setAttribute(name, value);
  return dot;
}

/** main.ts reports, synchronously, what leaves no mutation record. */
function onSignal(event: Event): void {
  const e = event as MouseEvent;
  e.stopImmediatePropagation();
  if (event instanceof InputEvent) {
    copied(event.data ?? "");
    return;
  }
  const el = e.relatedTarget instanceof Element ? e.relatedTarget : null;
  switch (e.screenX) {
    case Signal.value:
      if (el && isField(el)) recheckField(el);
      else if (el && shadowOf(el)) rescanBelow(el); // it comes from a closed tree below
      stayAwake();
      break;
    case Signal.shadow:
      if (el) rescanBelow(el);
      break;
    case Signal.sheet:
      dropHighlights();
      checkAllSheets();
      recheckPlaces();
      stayAwake();
      break;
    case Signal.rule:
      forgetAllSheets();
      break;
    case Signal.generated:
      scriptSpells();
      checkAllSheets();
      break;
    case Signal.press:
      if (el && !allowsPress(el)) e.preventDefault();
      break;
    case Signal.submit:
      if (el instanceof HTMLFormElement && !allowsSubmit(el)) e.preventDefault();
      break;
    case Signal.picker:
      if (el && showsPicker(el)) e.preventDefault();
      break;
    default:
      tellWanted(e.screenX);
      break;
    case Signal.opened:
      listen(window);
      listen(document);
      listenForState(window);
      listenForCopies();
      listenForAsks(window);
      watch(document);
      break;
  }
}

const wanted = new Set<number>();
/** People are told once for each document. */
function tellWanted(signal: number): void {
  const what = Object.entries(wants).find(([, known]) => known === signal)?.[0];
  if (!what || wanted.has(signal)) return;
  wanted.add(signal);
  say({ t: "wants", reason: what });
}

/** Listens to what changes fields, focus and geometry. Adding twice is a no-op. */
function listenForState(target: EventTarget): void {
  const add = (types: string, f: (e: Event) => void, to = target) => {
    for (const t of types.split(" ")) to.addEventListener(t, f, { capture: true, passive: !/^(invalid|dragstart)$/.test(t) });
  };
  add("input change reset compositionupdate", onInput);
  add("focusin focusout", onFocus);
  add("load error", onLoad, target === window ? document : target); // a window hears of its own alone
  add("scroll resize toggle transitionend animationend fullscreenchange selectionchange", layerChanged);
  add("invalid", onInvalid);
  add("dragstart", onDrag);
  add("click keydown", onAttempt);
}

function targetOf(e: Event): EventTarget | undefined {
  return e.composedPath()[0];
}

function onInput(e: Event): void {
  const el = targetOf(e);
  const active = deepActive();
  if (e.type !== "change" && active && !agentActs()) startTyping(active);
  if (el instanceof HTMLFormElement) queueMicrotask(() => Array.from(el.elements).forEach((f) => isField(f) && recheckField(f)));
  if (el instanceof Element && isField(el)) recheckField(el);
  if (e.type === "change" && el instanceof Element && isMarked(el)) setTimeout(rescanTexts); // its value may stand in texts that are there
  layerChanged();
}

function onFocus(e: Event): void {
  const el = targetOf(e);
  if (el instanceof Element) {
    if (e.type === "focusin" && !agentActs()) startTyping(el);
    if (e.type === "focusout") queueMicrotask(() => deepActive() !== el && stopTyping() && rescanTexts());
    if (isField(el)) queueMicrotask(() => recheckField(el));
    else if (el instanceof HTMLElement && el.isContentEditable) queueMicrotask(() => rescanBelow(el));
  }
  queueMicrotask(tellFocus);
  layerChanged();
}

/** What is hidden is its owner's to drag: dropped into a field that is not, others would read it. */
function onDrag(e: Event): void {
  const target = targetOf(e);
  const el = target instanceof Text ? target.parentElement : target instanceof Element ? target : null;
  if (agentActs() && (!el || isHidden(el) || selectsHidden())) e.preventDefault();
}

function selectsHidden(): boolean {
  const selection = getSelection();
  if (!selection || selection.isCollapsed) return false;
  return [...allRoots()].some((root) => [...root.querySelectorAll(`[${config.mark}]`)].some((marked) => selection.containsNode(marked, true)));
}

function onLoad(e: Event): void {
  const el = targetOf(e);
  if (el instanceof HTMLLinkElement || el instanceof HTMLStyleElement) {
    sheetCame(el);
    checkAllSheets();
    recheckPlaces();
  }
  layerChanged();
}

let attemptAt = -Infinity;
/** A press that may submit a form: only then may a failed check move the focus. */
function onAttempt(e: Event): void {
  if (e.isTrusted && (e.type === "click" || (e as KeyboardEvent).key === "Enter")) attemptAt = performance.now();
}

/** Chromium draws validation bubbles over the page, with text of the page's choice and out of the masks' reach. */
function onInvalid(e: Event): void {
  e.preventDefault();
  const el = targetOf(e);
  if (!(el instanceof Element) || !isField(el) || performance.now() - attemptAt > 500) return;
  attemptAt = -Infinity;
  el.focus();
  showMessage(el, el.validationMessage);
  layerChanged();
  setTimeout(layerChanged, 5100);
}

let toldFocus = "";
function tellFocus(): void {
  const el = deepActive();
  const editable = !!el && takesText(el);
  const inputMode = editable ? modeOf(el as HTMLElement) : "none";
  const message = { t: "focus", editable, inputMode, masked: !!el && isMarked(el), enterKey: editable ? enterKeyOf(el as HTMLElement) : "" };
  const now = JSON.stringify(message);
  if (now === toldFocus || !document.hasFocus()) return;
  toldFocus = now;
  say(message);
}

function modeOf(el: HTMLElement): string {
  if (el.inputMode) return el.inputMode;
  const type = el instanceof HTMLInputElement ? el.type : "text";
  if (type === "number") return "decimal";
  return ["tel", "email", "url", "search"].includes(type) ? type : "text";
}

/** What Enter does in a field, for the label of an on-screen keyboard's key. */
function enterKeyOf(el: HTMLElement): string {
  if (el.enterKeyHint) return el.enterKeyHint;
  if (!(el instanceof HTMLInputElement)) return "enter";
  if (el.type === "search") return "search";
  return el.form ? "go" : "";
}

let awakeUntil = 0;
let awake = false;
/** For half a second after activity, look each frame at what sends no events. */
function stayAwake(): void {
  awakeUntil = performance.now() + 500;
  if (awake) return;
  awake = true;
  requestAnimationFrame(function frame() {
    checkAllSheets();
    awake = performance.now() < awakeUntil;
    if (awake) requestAnimationFrame(frame);
  });
}
