// The extension's service worker: gives a document the user-origin sheet when its engine asks. Only such a sheet beats every style
// of a page, and only it lifts the curtain: a document whose engine did not start stays blank.

interface Request {
  t: string;
  version: number; // of the rules that the engine has
  css: string;
  drop: string; // the sheet that css takes the place of
}

/** The rules as they are on the disk: newer than the engine's when they were changed after this browser had started. */
async function newerRules(than: number): Promise<unknown> {
  const answer = await fetch(chrome.runtime.getURL("rules.json"), { cache: "no-store" });
  const rules = (await answer.json()) as { version: number };
  return rules.version > than ? rules : undefined;
}

async function give(target: { tabId: number; documentIds: string[] }, m: Request): Promise<unknown> {
  const newer = await newerRules(m.version);
  if (newer) return newer;
  await chrome.scripting.insertCSS({ target, css: m.css, origin: "USER" });
  if (m.drop && m.drop !== m.css) await chrome.scripting.removeCSS({ target, css: m.drop, origin: "USER" });
  return true;
}

const largest = 8_000_000;

/** A picture of another origin, for the customer's layer. The request goes the way of all requests of this browser. */
async function picture(url: string, w: number, h: number): Promise<string | undefined> {
  if (!/^https?:/.test(url)) return;
  const answer = await fetch(url, { credentials: "include", cache: "force-cache", signal: AbortSignal.timeout(10_000) });
  const blob = answer.ok && Number(answer.headers.get("content-length") ?? 0) <= largest ? await answer.blob() : undefined;
  if (!blob?.type.startsWith("image/") || blob.size > largest) return;
  if (blob.type.startsWith("image/svg")) return dataURL(blob);
  const bitmap = await createImageBitmap(blob, { resizeWidth: w, resizeHeight: h, resizeQuality: "medium" });
  const canvas = new OffscreenCanvas(w, h);
  canvas.getContext("2d")!.drawImage(bitmap, 0, 0);
  return dataURL(await canvas.convertToBlob({ type: "image/webp", quality: 0.8 }));
}

/** A style sheet of another origin, so that the engine knows what it says. */
async function styleSheet(url: string): Promise<string | undefined> {
  if (!/^https?:/.test(url)) return;
  const answer = await fetch(url, { credentials: "include", cache: "force-cache", signal: AbortSignal.timeout(10_000) });
  const text = answer.ok ? await answer.text() : "";
  return answer.ok && text.length <= largest ? text : undefined;
}

async function dataURL(blob: Blob): Promise<string> {
  let bytes = "";
  for (const b of new Uint8Array(await blob.arrayBuffer())) bytes += String.fromCharCode(b);
  return `data:${blob.type};base64,${btoa(bytes)}`;
}

/** Answers with f's result, undefined when it fails: the engine knows what that means. */
function answer(reply: (result: unknown) => void, f: Promise<unknown>): true {
  f.then(reply, () => reply(undefined));
  return true;
}

chrome.runtime.onMessage.addListener((message: Request & { url: string; w: number; h: number }, sender, reply) => {
  const tabId = sender.tab?.id;
  if (sender.id !== chrome.runtime.id || tabId === undefined || !sender.documentId) return;
  switch (message.t) {
    case "sheet": // fails when the document is gone or not committed yet, or rules are being written: the engine asks again
      return answer(reply, give({ tabId, documentIds: [sender.documentId] }, message));
    case "image":
      return answer(reply, picture(message.url, message.w, message.h));
    case "css":
      return answer(reply, styleSheet(message.url));
  }
  return; // pings, which keep the worker awake
});
