// The customer's copy of hidden pictures. Each is read once; what moves is read at most twice a second, and told only when it changed.

import { layerChanged } from "./say";

interface Picture {
  /** Names this state of the picture: whoever has it need not get the bytes again. */
  key: string;
  image?: string;
  unread?: boolean;
}

interface Kept extends Picture {
  of: string; // what was read: source and size
  at: number;
  version: number;
  waiting?: boolean;
}

const longest = 300_000;
const side = 1280;
const pause = 500;
const kept = new WeakMap<Element, Kept>();

/** A picture as it is known now; what has to be read comes with a later layer. */
export function pictureOf(el: Element, id: string, w: number, h: number): Picture {
  const k = kept.get(el) ?? { of: "", at: -Infinity, version: 0, key: "" };
  kept.set(el, k);
  if (w >= 1 && h >= 1 && !k.waiting) {
    if (el instanceof HTMLImageElement) still(el, k, w, h);
    else if (el instanceof HTMLCanvasElement || el instanceof HTMLVideoElement) moving(el, k, w, h);
    else if (el instanceof SVGSVGElement) drawing(el, k);
    else k.unread = true;
  }
  k.key = `${id}.${k.version}`;
  return { key: k.key, ...(k.image ? { image: k.image } : {}), ...(k.unread ? { unread: true } : {}) };
}

function keep(k: Kept, image: string | undefined): void {
  const fits = image !== undefined && image.length <= longest;
  const next = fits ? image : undefined;
  const unread = !fits;
  if (next === k.image && unread === !!k.unread) return;
  k.version++;
  delete k.image;
  if (next !== undefined) k.image = next;
  k.unread = unread;
}

function draw(el: CanvasImageSource, w: number, h: number): string {
  const scale = Math.min(1, side / w, side / h);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, w * scale);
  canvas.height = Math.max(1, h * scale);
  canvas.getContext("2d")!.drawImage(el, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/webp", 0.8); // throws where another origin's picture went in
}

function still(el: HTMLImageElement, k: Kept, w: number, h: number): void {
  if (!el.complete || !el.naturalWidth) return;
  const of = `${el.currentSrc} ${el.naturalWidth}x${el.naturalHeight} ${Math.ceil(w / 100)}x${Math.ceil(h / 100)}`;
  if (k.of === of) return;
  k.of = of;
  try {
    keep(k, draw(el, w, h));
  } catch {
    void fetched(el.currentSrc, k, w, h);
  }
}

/** Another origin's picture: the worker may read it. */
async function fetched(url: string, k: Kept, w: number, h: number): Promise<void> {
  k.waiting = true;
  const image: unknown = await chrome.runtime.sendMessage({ t: "image", url, w: Math.min(side, Math.ceil(w)), h: Math.min(side, Math.ceil(h)) }).catch(() => undefined);
  k.waiting = false;
  keep(k, typeof image === "string" ? image : undefined);
  layerChanged();
}

/** In a frame, after the page has drawn: a WebGL canvas is empty otherwise. */
function moving(el: HTMLCanvasElement | HTMLVideoElement, k: Kept, w: number, h: number): void {
  const wait = k.at + pause - performance.now();
  k.waiting = true;
  const read = () => {
    if (!k.waiting) return;
    k.at = performance.now();
    k.waiting = false;
    const before = k.version;
    try {
      keep(k, el instanceof HTMLVideoElement && el.readyState < 2 ? undefined : draw(el, w, h));
    } catch {
      keep(k, undefined);
    }
    const runs = el instanceof HTMLVideoElement && !el.paused;
    if (k.version !== before || runs) layerChanged();
  };
  setTimeout(() => {
    requestAnimationFrame(read);
    setTimeout(read, 250); // a page at rest may have no frames
  }, Math.max(0, wait));
}

const mostParts = 500;
const painted = ["fill", "stroke", "stroke-width", "font-family", "font-size", "font-weight", "text-anchor"];

/** An inline drawing, with the styles that its page gives it. */
function drawing(el: SVGSVGElement, k: Kept): void {
  if (performance.now() - k.at < pause) return;
  k.at = performance.now();
  const parts = [el, ...el.querySelectorAll("*")];
  if (parts.length > mostParts) return keep(k, undefined);
  const copy = el.cloneNode(true) as SVGSVGElement;
  [copy, ...copy.querySelectorAll("*")].forEach((part, i) => {
    const style = getComputedStyle(parts[i]!);
    for (const p of painted) if (!style.getPropertyValue(p).includes("rgba(0, 0, 0, 0)")) part.setAttribute(p, style.getPropertyValue(p));
    for (const a of [...part.attributes]) if (/^(class|on|c[a-z0-9]{12}$)/.test(a.name)) part.removeAttribute(a.name);
  });
  for (const script of copy.querySelectorAll("script,foreignObject")) script.remove();
  const r = el.getBoundingClientRect();
  copy.setAttribute("width", String(r.width));
  copy.setAttribute("height", String(r.height));
  keep(k, "data:image/svg+xml," + encodeURIComponent(new XMLSerializer().serializeToString(copy)));
}
