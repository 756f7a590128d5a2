// When a document may be shown: the user sheet is active and two frames have passed.

import { config, type Rules } from "./config";
import { drop, lift } from "./curtain";
import { say } from "./say";
import { rules, userSheet } from "./site";
import { refreshMarks } from "./watch";

let readyAt = 0;
let failed = "";

export function readiness(): { readyAt: number; failed: string } {
  return { readyAt, failed };
}

export function fail(reason: string): void {
  if (failed) return;
  failed = reason;
  readyAt = 0;
  drop();
  say({ t: "failed", reason });
}

/** Whether the user sheet of the current rules is in place. */
function sheetActive(): boolean {
  const root = document.documentElement;
  return !!root && getComputedStyle(root).getPropertyValue(config.variable) === String(rules.version);
}

/** A frame without a box computes no styles and paints nothing; there the worker's word is enough. */
function boxless(): boolean {
  const root = document.documentElement;
  return !root || getComputedStyle(root).display === "";
}

let inserted = ""; // the sheet that the worker gave last

/** Asks the worker for the user sheet; it answers with newer rules where there are some, and those are asked for in turn. */
async function askForSheet(): Promise<boolean> {
  const css = userSheet();
  try {
    const answer = chrome.runtime.sendMessage({ t: "sheet", version: rules.version, css, drop: inserted });
    const late = new Promise((r) => setTimeout(r, 1000, false)); // the worker may be starting
    const given = await Promise.race([answer, late]);
    if (given && given !== true) takeRules(given as Rules);
    if (given === true) inserted = css;
    return given === true;
  } catch {
    return false;
  }
}

/** Two frames, or a moment: a frame that is out of sight has none, and nothing to see either. */
function twoFrames(): Promise<unknown> {
  const frames = new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
  return Promise.race([frames, new Promise((r) => setTimeout(r, 250))]);
}

let takeRules: (rules: Rules) => void = () => {};
/** What to do with rules that the worker knows of. */
export function onNewerRules(f: (rules: Rules) => void): void {
  takeRules = f;
}

let making: Promise<number> | undefined;

/** Makes the document ready and says so, with the time; again after a restore from the back/forward cache and when rules change. */
export function becomeReady(): Promise<number> {
  making ??= makeReady().finally(() => (making = undefined));
  return making;
}

async function makeReady(): Promise<number> {
  readyAt = 0;
  let version: number;
  do {
    version = await sheetInPlace();
    refreshMarks();
    if (!failed) lift();
    await twoFrames();
  } while (!failed && version !== rules.version);
  if (failed) return 0;
  readyAt = performance.timeOrigin + performance.now();
  say({ t: "ready", at: readyAt });
  return readyAt;
}

/** Waits until the user sheet of the current rules is in place and returns their version. It asks at least once: there may be newer. */
async function sheetInPlace(): Promise<number> {
  for (;;) {
    const version = rules.version;
    const given = await askForSheet();
    if (failed || (given && version === rules.version && (sheetActive() || boxless()))) return version;
    if (version === rules.version) await new Promise((r) => setTimeout(r, 50));
  }
}

/** Called once a second: the document lives, and is still hidden as it was. */
export function beat(): void {
  if (readyAt && !sheetActive() && !boxless()) {
    drop();
    void becomeReady();
  }
  say({ t: "beat", at: failed ? 0 : readyAt });
}
