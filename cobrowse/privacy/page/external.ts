// Addresses that are no pages: a mail, a call. Nothing in the cloud may open them; the customer's own device does, when they want it to.

import { say } from "./say";

const pages = /^(https?|about|blob|data|javascript|filesystem|file|view-source|chrome[a-z-]*):/i;

/** Holds back whatever leaves for such an address, by a link or a script. The service knows which of them it offers. */
export function listenForExternals(): void {
  addEventListener("click", onClick, { capture: true });
  const navigation = (globalThis as any).navigation as EventTarget | undefined;
  navigation?.addEventListener("navigate", (e: any) => {
    const url = String(e.destination?.url ?? "");
    if (!e.cancelable || e.defaultPrevented || !url || pages.test(url)) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    offer(url);
  }, { capture: true });
}

/** A link that opens a window: that one's navigation is nothing that this document hears of. */
function onClick(e: MouseEvent): void {
  const link = e.composedPath().find((el): el is HTMLAnchorElement => el instanceof HTMLAnchorElement && !!el.href);
  if (e.defaultPrevented || !link?.target || link.target === "_self" || pages.test(link.href)) return;
  e.preventDefault();
  offer(link.href);
}

function offer(address: string): void {
  say({ t: "ask", ask: { id: "external", kind: "external", default: address } });
}
