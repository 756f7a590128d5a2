// What a person copies in the page is offered to their own clipboard, which the shared browser does not have. An agent copies nothing of
// what is hidden; whatever they get is redacted by the service, too.

import { config } from "./config";
import { isField, isPassword } from "./fields";
import { agentActs } from "./guard";
import { isHidden } from "./marks";
import { say } from "./say";
import { deepActive, flatParent } from "./shadow";

/** More is no text that anybody reads, and nobody's page needs it. */
const longest = 100_000;

/** Something was copied, by a key of the person or by the page's own script. */
export function copied(text: string): void {
  if (text && text.length <= longest) say({ t: "copied", text });
}

/** Adding again is a no-op. */
export function listenForCopies(): void {
  for (const type of ["copy", "cut"]) {
    addEventListener(type, onCopy, { capture: true });
    addEventListener(type, afterPage);
  }
}

function onCopy(e: Event): void {
  const { text, hidden } = selected();
  if (agentActs() && hidden) {
    e.preventDefault();
    e.stopImmediatePropagation();
    return;
  }
  setTimeout(() => e.defaultPrevented || copied(text)); // the page's listeners have been heard by then
}

/** A page may have put something else in place of the selection. */
function afterPage(e: Event): void {
  if (e.defaultPrevented) copied((e as ClipboardEvent).clipboardData?.getData("text/plain") ?? "");
}

/** The selected text, and whether any of it is hidden. */
function selected(): { text: string; hidden: boolean } {
  const el = deepActive();
  const inHidden = !!el && isField(el) && isHidden(el);
  if (el && isField(el) && !(el instanceof HTMLSelectElement) && el.selectionStart !== null && el.selectionStart !== el.selectionEnd) {
    const text = isPassword(el) ? "" : el.value.slice(el.selectionStart, el.selectionEnd ?? undefined);
    return { text, hidden: inHidden };
  }
  const selection = getSelection();
  const ranges = Array.from({ length: selection?.rangeCount ?? 0 }, (_, i) => selection!.getRangeAt(i));
  return { text: selection?.toString() ?? "", hidden: inHidden || ranges.some(touchesHidden) };
}

function touchesHidden(range: Range): boolean {
  const within = range.commonAncestorContainer;
  const root = within instanceof Element ? within : within.parentElement;
  if (!root || isHidden(root) || hasWords(root)) return true;
  return Array.from(root.querySelectorAll(`[${config.mark}],[${config.words}]`)).some((el) => range.intersectsNode(el));
}

/** Whether a mode hides text here. The root has the attribute wherever there is such a mode. */
function hasWords(el: Element): boolean {
  for (let p: Element | null = el; p && p !== document.documentElement; p = flatParent(p)) if (p.hasAttribute(config.words)) return true;
  return false;
}
