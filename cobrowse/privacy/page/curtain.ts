// The author sheet clips the whole document away. Only the user sheet can lift that, and only for a root with this attribute: so a
// document is seen when the sheet is active and the engine is alive, and not before.

import { config } from "./config";

let lifted = false;

export function lift(): void {
  lifted = true;
  document.documentElement?.removeAttribute(config.lift); // it comes anew, by which our page for PDFs knows that other sheets stand
  keepCurtain();
}

export function drop(): void {
  lifted = false;
  keepCurtain();
}

/** The root is another one, or a script touched the attribute. Returns whether something had to be changed. */
export function keepCurtain(): boolean {
  const root = document.documentElement;
  if (!root || root.hasAttribute(config.lift) === lifted) return false;
  root.toggleAttribute(config.lift, lifted);
  return true;
}
