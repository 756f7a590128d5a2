// Which keys an agent may use where agents type into text fields only (Policy.FieldsOnly).

import { takesText } from "./fields";
import { deepActive } from "./shadow";

/** What becomes of a key: the page gets it, or only the browser does, or nobody. */
type Fate = "page" | "browser" | "nobody";

const ctrl = 2, alt = 1, meta = 4;

/** They move the focus or the selection, or do nothing by themselves. */
const harmless = new Set(["Tab", "Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Escape"]);
const scrolling = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"]);
const editing = new Set(["a", "c", "v", "x", "y", "z", "Backspace", "Delete", ...scrolling]);
/** Elements that do something of their own with an arrow. */
const moved = "input,select,button,summary,audio,video,[role],[tabindex],[contenteditable]";

export function fateOf(key: { key: string; mods?: number }): Fate {
  const el = deepActive();
  const mods = (key.mods ?? 0) & (ctrl | alt | meta);
  if (el && takesText(el)) return inField(key.key, mods);
  if (harmless.has(key.key) && !(mods & ~modOf(key.key))) return "browser";
  const plain = !mods && scrolling.has(key.key) && !el?.closest(moved);
  return plain ? "browser" : "nobody";
}

function modOf(key: string): number {
  return { Control: ctrl, Alt: alt, AltGraph: ctrl | alt, Meta: meta }[key] ?? 0;
}

/** In a field keys are the field's, but for the short cuts and function keys that a page listens for everywhere. */
function inField(key: string, mods: number): Fate {
  if (/^F\d+$/.test(key)) return "nobody";
  if (harmless.has(key)) return mods & ~modOf(key) ? "nobody" : key === "Tab" || key === "Escape" ? "browser" : "page";
  if (!mods) return "page";
  if ((mods === ctrl || mods === meta) && editing.has(key.length === 1 ? key.toLowerCase() : key)) return "page";
  const symbol = mods === (ctrl | alt) && key.length === 1 && !/[a-z0-9]/i.test(key); // AltGr
  return symbol ? "page" : "nobody";
}
