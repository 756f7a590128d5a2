// In the page's own world: reports what leaves no mutation record, at once, before the page's next statement. Proxies look like
// the originals. Everything is taken from the realm before any page script runs.

declare const CONFIG: { signal: string };

const value = 1, shadow = 2, sheet = 3, submit = 4, opened = 5; // config.ts: Signal

const dispatch = EventTarget.prototype.dispatchEvent;
const apply = Reflect.apply;
const ownerDocument = Object.getOwnPropertyDescriptor(Node.prototype, "ownerDocument")!.get!;
const defaultView = Object.getOwnPropertyDescriptor(Document.prototype, "defaultView")!.get!;
const visualViewportOf = Object.getOwnPropertyDescriptor(window, "visualViewport")!.get!;
const Mouse = MouseEvent;
const name = CONFIG.signal;

/**
 * Tells the engine of the element's document. An element crosses the worlds as relatedTarget; visualViewport is a target that
 * document.open() does not strip of its listeners. False when the engine objects.
 */
function tell(what: number, el: Element | null, of?: Document): boolean {
  const doc = of ?? (el ? apply(ownerDocument, el, []) : document);
  const view = doc && apply(defaultView, doc, []);
  const target = view && apply(visualViewportOf, view, []);
  if (!target) return true;
  return apply(dispatch, target, [new Mouse(name, { cancelable: true, relatedTarget: el, screenX: what })]);
}

function wrapMethod(proto: any, method: string, around: (self: any, call: () => unknown) => unknown): void {
  const original = proto?.[method];
  if (typeof original !== "function") return;
  proto[method] = new Proxy(original, {
    apply: (f, self, args) => around(self, () => apply(f, self, args)),
  });
}

function wrapSetter(proto: any, property: string, what: number): void {
  const d = proto && Object.getOwnPropertyDescriptor(proto, property);
  if (!d?.set) return;
  d.set = new Proxy(d.set, {
    apply(f, self, args) {
      const result = apply(f, self, args);
      tell(what, self instanceof Element ? self : null);
      return result;
    },
  });
  Object.defineProperty(proto, property, d);
}

const after = (what: number) => (self: any, call: () => unknown) => {
  const result = call();
  tell(what, self instanceof Element ? self : null);
  return result;
};

for (const p of ["value", "defaultValue", "type", "valueAsNumber", "valueAsDate"]) wrapSetter(HTMLInputElement.prototype, p, value);
for (const p of ["value", "defaultValue"]) wrapSetter(HTMLTextAreaElement.prototype, p, value);
for (const m of ["setRangeText", "stepUp", "stepDown"]) wrapMethod(HTMLInputElement.prototype, m, after(value));
wrapMethod(HTMLTextAreaElement.prototype, "setRangeText", after(value));
wrapMethod(Element.prototype, "attachShadow", after(shadow));

for (const m of ["insertRule", "deleteRule", "addRule", "replaceSync"]) wrapMethod(CSSStyleSheet.prototype, m, after(sheet));
wrapMethod(CSSStyleSheet.prototype, "replace", (_self, call) => {
  const done = call() as Promise<unknown>;
  return done.then((s) => {
    tell(sheet, null);
    return s;
  });
});
wrapMethod(CSSGroupingRule.prototype, "insertRule", after(sheet));
wrapMethod(CSSStyleDeclaration.prototype, "setProperty", (self, call) => {
  const result = call();
  if (self.parentRule) tell(sheet, null); // an element's own style does leave a record
  return result;
});
wrapMethod((globalThis as any).HighlightRegistry?.prototype, "set", after(sheet));
wrapSetter(Document.prototype, "adoptedStyleSheets", sheet);
wrapSetter(ShadowRoot.prototype, "adoptedStyleSheets", sheet);

wrapMethod(HTMLFormElement.prototype, "submit", (self, call) => (tell(submit, self) ? call() : undefined));
for (const m of ["open", "write", "writeln"]) {
  wrapMethod(Document.prototype, m, (self, call) => {
    const result = call();
    tell(opened, null, self);
    return result;
  });
}
