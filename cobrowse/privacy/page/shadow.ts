// The one way to look into a page's trees: through open and closed shadow roots alike.

const hosts = new Set(
  "article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span".split(" "),
);

/** The element's shadow root, also a closed one. Only a page's own roots: those of fields are Chromium's business. */
export function shadowOf(el: Element): ShadowRoot | null {
  if (el.shadowRoot) return el.shadowRoot;
  const name = el.localName;
  if (!hosts.has(name) && !name.includes("-")) return null;
  try {
    return chrome.dom.openOrClosedShadowRoot(el);
  } catch {
    return null; // not an HTML element
  }
}

/** Where the element is drawn: its slot, its parent, or the host of its tree. */
export function flatParent(el: Element): Element | null {
  if (el.assignedSlot) return el.assignedSlot;
  if (el.parentElement) {
    const root = shadowOf(el.parentElement);
    return root ? (slotIn(root, el) ?? el.parentElement) : el.parentElement;
  }
  const root = el.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

/** In a closed root assignedSlot is null: look for the slot that holds the element. */
function slotIn(root: ShadowRoot, el: Element): Element | null {
  for (const slot of root.querySelectorAll("slot")) if (slot.assignedElements().includes(el)) return slot;
  return null;
}

export function deepActive(): Element | null {
  let el = document.activeElement;
  for (let root = el && shadowOf(el); root?.activeElement; root = shadowOf(root.activeElement)) el = root.activeElement;
  return el;
}

/** What lies at a point, topmost first, seen down through shadow roots. */
export function stackAt(x: number, y: number): Element[] {
  const all: Element[] = [];
  const look = (root: Document | ShadowRoot) => {
    for (const el of root.elementsFromPoint(x, y)) {
      if (el.getRootNode() !== root) continue; // a root also answers with what lies outside it
      const inner = shadowOf(el);
      if (inner) look(inner);
      all.push(el);
    }
  };
  look(document);
  return all;
}
