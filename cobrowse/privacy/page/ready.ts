// When a document may be shown: the user sheet is active and two frames have passed.

import { config } from "./config";
import { drop, lift } from "./curtain";
import { say } from "./say";
import { sites } from "./site";
import { refreshMarks } from "./watch";

let readyAt = 0;
let failed = "";
let asking = false;

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

function sheetActive(): boolean {
  const root = document.documentElement;
  return !!root && getComputedStyle(root).getPropertyValue(config.variable) !== "";
}

/** A frame without a box computes no styles and paints nothing; there the worker's word is enough. */
function boxless(): boolean {
  const root = document.documentElement;
  return !root || getComputedStyle(root).display === "";
}

async function askForSheet(): Promise<boolean> {
  try {
    const answer = chrome.runtime.sendMessage({ t: "sheet", sites });
    const late = new Promise((r) => setTimeout(r, 1000, false)); // the worker may be starting
    return (await Promise.race([answer, late])) === true;
  } catch {
    return false;
  }
}

/** Two frames, or a moment: a frame that is out of sight has none, and nothing to see either. */
function twoFrames(): Promise<unknown> {
  const frames = new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
  return Promise.race([frames, new Promise((r) => setTimeout(r, 250))]);
}

/** Makes the document ready and says so; again after a restore from the back/forward cache. */
export async function becomeReady(): Promise<void> {
  if (asking) return;
  asking = true;
  readyAt = 0;
  while (!failed && !sheetActive()) {
    const given = await askForSheet();
    if (given && boxless()) break;
    if (!sheetActive()) await new Promise((r) => setTimeout(r, 50));
  }
  refreshMarks();
  if (!failed) lift();
  await twoFrames();
  asking = false;
  if (failed) return;
  readyAt = performance.timeOrigin + performance.now();
  say({ t: "ready", at: readyAt });
}

/** Called once a second: the document lives, and is still hidden as it was. */
export function beat(): void {
  if (readyAt && !sheetActive() && !boxless()) {
    drop();
    void becomeReady();
  }
  say({ t: "beat", at: failed ? 0 : readyAt });
}
