// What the customer shows to both: pictures that nobody but our defaults hid. It lasts until the document is gone.

import { accountsOf, isHidden } from "./marks";
import { rulesHide } from "./rules";

const pictures = /^(img|canvas|video|object|embed)$/;
const shown = new WeakSet<Element>();

export function isShown(el: Element): boolean {
  return shown.has(el);
}

/** Whether a customer may show el: the company has not said that it is hidden, and nothing private was found in or around it. */
export function mayShow(el: Element): boolean {
  const parent = el.parentElement;
  return pictures.test(el.localName) && !rulesHide(el) && accountsOf(el) <= 1 && !(parent && isHidden(parent));
}

/** Shows a picture, or hides it again. False when it is not the customer's to show. */
export function show(el: Element, on: boolean): boolean {
  if (on && !mayShow(el)) return false;
  on ? shown.add(el) : shown.delete(el);
  return true;
}
