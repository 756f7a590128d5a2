// What has just become forbidden is told to the other documents, and looked for in this one.

import { alsoHide, forbidden, join, joinPeers, onEcho, tellPeers } from "./echoes";
import { layerChanged, say } from "./say";
import { rescanTexts } from "./watch";

/** Begins to do so, with what other documents forbid already. */
export function spread(): void {
  onEcho((mine) => {
    if (mine) {
      tellPeers();
      tellForbidden();
    }
    lookForEchoes();
    layerChanged();
  });
  joinPeers({ alsoHide, join });
  say({ t: "hides", values: [] }); // the service answers with what it knows
}

let telling = 0;
/** The service tells the documents of other origins and tabs. */
export function tellForbidden(): void {
  telling ||= setTimeout(() => {
    telling = 0;
    say({ t: "hides", values: forbidden().values });
  }, 5); // a script sets many values in a row
}

let looking = 0;
let nextLook = 0;
/** What is there already may repeat what has just become forbidden. It takes no more than a fifth of the time. */
function lookForEchoes(): void {
  looking ||= setTimeout(() => {
    looking = 0;
    const began = performance.now();
    rescanTexts();
    const now = performance.now();
    nextLook = now + 4 * (now - began);
  }, Math.max(0, nextLook - performance.now()));
}
