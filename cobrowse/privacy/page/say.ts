// What the engine tells the service, through the binding that only this world sees.

import { config } from "./config";

const waiting: string[] = [];

function binding(): ((payload: string) => void) | undefined {
  const f = (globalThis as any)[config.binding];
  return typeof f === "function" ? f : undefined;
}

function flush(): void {
  const send = binding();
  if (!send) {
    setTimeout(flush, 20); // the world may exist before its binding does
    return;
  }
  for (const m of waiting.splice(0)) send(m);
}

/** Sends a message. Before the binding exists the newest 50 wait for it. */
export function say(message: Record<string, unknown>): void {
  waiting.push(JSON.stringify(message));
  if (waiting.length > 50) waiting.shift();
  if (waiting.length === 1 || binding()) flush();
}

let layerTold = 0;
let layerTimer = 0;
let layerPause = 100;
/** A collection took so long: it is not to take more than a fifth of the time. */
export function layerTook(ms: number): void {
  layerPause = Math.min(2000, Math.max(100, 4 * ms));
}

/** At most ten times a second, the last change always. */
export function layerChanged(): void {
  if (layerTimer) return;
  const wait = Math.max(16, layerTold + layerPause - performance.now());
  layerTimer = setTimeout(() => {
    layerTimer = 0;
    layerTold = performance.now();
    say({ t: "layer" });
  }, wait);
}
