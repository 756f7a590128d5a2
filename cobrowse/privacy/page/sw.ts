// The extension's service worker: gives a document the user-origin sheet when its engine asks. Only such a sheet beats every style
// of a page, and only it lifts the curtain: a document whose engine did not start stays blank.

declare const CONFIG: { common: string; sites: Record<string, string> };

chrome.runtime.onMessage.addListener((message, sender, reply) => {
  const tabId = sender.tab?.id;
  if (message?.t !== "sheet" || tabId === undefined || !sender.documentId) return; // others are pings that keep the worker awake
  const css = CONFIG.common + (message.sites as string[]).map((s) => CONFIG.sites[s] ?? "").join("");
  chrome.scripting.insertCSS({ target: { tabId, documentIds: [sender.documentId] }, css, origin: "USER" }).then(
    () => reply(true),
    () => reply(false), // the document is gone, or not committed yet: the engine asks again
  );
  return true;
});
