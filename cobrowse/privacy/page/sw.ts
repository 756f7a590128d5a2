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

chrome.runtime.onMessage.addListener((message: Request, sender, reply) => {
  const tabId = sender.tab?.id;
  if (message?.t !== "sheet" || tabId === undefined || !sender.documentId) return; // others are pings that keep the worker awake
  give({ tabId, documentIds: [sender.documentId] }, message).then(
    reply,
    () => reply(false), // the document is gone, or not committed yet, or rules are being written: the engine asks again
  );
  return true;
});
