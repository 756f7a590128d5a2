// In the page's own world: reports what leaves no mutation record, at once, before the page's next statement. Proxies look like
// the originals. Everything is taken from the realm before any page script runs.

import { watchWants } from "./wants";

declare const CONFIG: { signal: string };

const value = 1, shadow = 2, sheet = 3, submit = 4, opened = 5, rule = 6, press = 7, generated = 8, picker = 9; // config.ts: Signal

const dispatch = EventTarget.prototype.dispatchEvent;
const apply = Reflect.apply;
const ownerDocument = Object.getOwnPropertyDescriptor(Node.prototype, "ownerDocument")!.get!;
const defaultView = Object.getOwnPropertyDescriptor(Document.prototype, "defaultView")!.get!;
const isConnected = Object.getOwnPropertyDescriptor(Node.prototype, "isConnected")!.get!;
const visualViewportOf = Object.getOwnPropertyDescriptor(window, "visualViewport")!.get!;
const Mouse = MouseEvent;
const Input = InputEvent;
const name = CONFIG.signal;

/**
 * Tells the engine of the element's document. An element crosses the worlds as relatedTarget; visualViewport is a target that
 * document.open() does not strip of its listeners. False when the engine objects.
 */
function tell(what: number, el: Element | null, of?: Document): boolean {
  const doc = of ?? (el ? apply(ownerDocument, el, []) : document);
  const view = (doc && apply(defaultView, doc, [])) || window; // a document without a window has no engine
  const target = apply(visualViewportOf, view, []);
  if (!target) return true;
  return apply(dispatch, target, [new Mouse(name, { cancelable: true, relatedTarget: el, screenX: what })]);
}

function wrapMethod(proto: any, method: string, around: (self: any, call: () => unknown, args: any[]) => unknown): void {
  const original = proto?.[method];
  if (typeof original !== "function") return;
  proto[method] = new Proxy(original, {
    apply: (f, self, args) => around(self, () => apply(f, self, args), args),
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

for (const p of ["value", "defaultValue", "type", "valueAsNumber", "valueAsDate", "files"]) wrapSetter(HTMLInputElement.prototype, p, value);
for (const p of ["value", "defaultValue"]) wrapSetter(HTMLTextAreaElement.prototype, p, value);
for (const m of ["setRangeText", "stepUp", "stepDown"]) wrapMethod(HTMLInputElement.prototype, m, after(value));
wrapMethod(HTMLTextAreaElement.prototype, "setRangeText", after(value));
wrapMethod(Element.prototype, "attachShadow", after(shadow));

/** The sheet may have as many rules as before. */
function toldOther(): void {
  tell(rule, null);
  tell(sheet, null);
}

const afterOther = (_self: unknown, call: () => unknown) => {
  const result = call();
  toldOther();
  return result;
};

for (const m of ["insertRule", "deleteRule", "addRule"]) wrapMethod(CSSStyleSheet.prototype, m, after(sheet));
wrapMethod(CSSStyleSheet.prototype, "replaceSync", afterOther);
wrapMethod(CSSStyleSheet.prototype, "replace", (_self, call) => {
  const done = call() as Promise<unknown>;
  return done.then((s) => {
    toldOther();
    return s;
  });
});
for (const kind of ["CSSGroupingRule", "CSSStyleRule", "CSSKeyframesRule"]) {
  const proto = (globalThis as any)[kind]?.prototype;
  for (const m of ["insertRule", "deleteRule", "appendRule"]) if (proto && Object.hasOwn(proto, m)) wrapMethod(proto, m, afterOther);
}

// What gives generated content its text and stands in no sheet: the engine is told that there is some.

const texts = /["']/;
const spelling = /^(content|quotes|listStyle|hyphenate|counter)/;
const keyframesOf = KeyframeEffect.prototype.getKeyframes;
const effectOf = Object.getOwnPropertyDescriptor(Animation.prototype, "effect")!.get!;

function tellSpelling(effect: KeyframeEffect): void {
  const frames = apply(keyframesOf, effect, []) as ComputedKeyframe[];
  const spells = (f: ComputedKeyframe) => Object.entries(f).some(([name, to]) => spelling.test(name) || (name.startsWith("--") && texts.test(String(to))));
  if (frames.some(spells)) tell(generated, null);
}

wrapMethod(Element.prototype, "animate", (_self, call) => {
  const animation = call() as Animation;
  tellSpelling(apply(effectOf, animation, []));
  return animation;
});
wrapMethod(KeyframeEffect.prototype, "setKeyframes", (self, call) => {
  call();
  tellSpelling(self);
});
globalThis.KeyframeEffect = new Proxy(KeyframeEffect, {
  construct(f, args, as) {
    const effect = Reflect.construct(f, args, as);
    tellSpelling(effect);
    return effect;
  },
});
KeyframeEffect.prototype.constructor = KeyframeEffect;
CSS.registerProperty = new Proxy(CSS.registerProperty, {
  apply(f, self, args) {
    const result = apply(f, self, args);
    if (texts.test(String(args[0]?.initialValue))) tell(generated, null);
    return result;
  },
});

// A rule's own style has no setters to wrap, its properties being no ordinary ones: pages get a proxy of it.

const generates = /^(content|quotes|list-?style|hyphenate|counter|result|css-?text|all$|-?webkit-?text|text-?(fill|stroke|shadow)|background|animation)/i;

/** Whether a property of a rule may be text that is generated, or its colour. */
function matters(name: unknown, to: unknown): boolean {
  if (typeof name !== "string") return false;
  return name.startsWith("--") ? /["']/.test(String(to)) : generates.test(name);
}

const styles = new WeakMap<object, object>(); // proxies by style
const behind = new WeakMap<object, any>(); // styles by proxy
const real = (style: any) => behind.get(style) ?? style;

const styleTraps: ProxyHandler<any> = {
  get(style, name) {
    return Reflect.get(style, name, style);
  },
  set(style, name, to) {
    const done = Reflect.set(style, name, to, style);
    if (matters(name, to)) tell(rule, null);
    return done;
  },
};

function watchedStyle(style: any): object {
  if (!style || typeof style !== "object") return style;
  const known = styles.get(style);
  if (known) return known;
  const proxy: object = new Proxy(style, styleTraps);
  styles.set(style, proxy);
  behind.set(proxy, style);
  return proxy;
}

/** Methods and accessors of styles work on the style behind the proxy that they are called on. */
function seeThrough(f: any, afterwards?: (style: any, args: any[]) => void): any {
  return new Proxy(f, {
    apply(original, self, args) {
      const style = real(self);
      const result = apply(original, style, args);
      afterwards?.(style, args);
      return result;
    },
  });
}

const told = (style: any, args: any[]) => {
  if (style.parentRule && matters(args[0], args[1])) tell(rule, null); // an element's own style does leave a record
};
for (const [name, d] of Object.entries(Object.getOwnPropertyDescriptors(CSSStyleDeclaration.prototype)) as [string, PropertyDescriptor][]) {
  if (!d.configurable || name === "constructor") continue;
  if (typeof d.value === "function") d.value = seeThrough(d.value, /^(set|remove)/.test(name) ? told : undefined);
  if (d.get) d.get = seeThrough(d.get);
  if (d.set) d.set = seeThrough(d.set, (style, args) => told(style, [name, ...args]));
  Object.defineProperty(CSSStyleDeclaration.prototype, name, d);
}

function wrapStyleOf(proto: any): void {
  const d = proto && Object.getOwnPropertyDescriptor(proto, "style");
  if (!d?.get) return;
  d.get = new Proxy(d.get, { apply: (f, self, args) => watchedStyle(apply(f, self, args)) });
  Object.defineProperty(proto, "style", d);
  wrapSetter(proto, "style", rule);
}
for (const kind of ["CSSStyleRule", "CSSKeyframeRule", "CSSNestedDeclarations", "CSSFunctionDeclarations", "CSSPageRule"]) wrapStyleOf((globalThis as any)[kind]?.prototype);
wrapSetter(CSSStyleRule.prototype, "selectorText", rule);
const counterStyle = (globalThis as any).CSSCounterStyleRule?.prototype;
for (const p of ["symbols", "additiveSymbols", "prefix", "suffix", "negative", "pad"]) wrapSetter(counterStyle, p, rule);

const ruleMaps = new WeakSet<object>();
const mapOf = Object.getOwnPropertyDescriptor(CSSStyleRule.prototype, "styleMap");
if (mapOf?.get) {
  mapOf.get = new Proxy(mapOf.get, {
    apply(f, self, args) {
      const map = apply(f, self, args) as object;
      ruleMaps.add(map);
      return map;
    },
  });
  Object.defineProperty(CSSStyleRule.prototype, "styleMap", mapOf);
}
for (const m of ["set", "append", "delete", "clear"]) {
  wrapMethod((globalThis as any).StylePropertyMap?.prototype, m, (self, call) => {
    const result = call();
    if (ruleMaps.has(self)) tell(rule, null);
    return result;
  });
}
wrapMethod((globalThis as any).HighlightRegistry?.prototype, "set", after(sheet));
wrapSetter(Document.prototype, "adoptedStyleSheets", sheet);
wrapSetter(ShadowRoot.prototype, "adoptedStyleSheets", sheet);

/** A text of the page's choice, when the clipboard has it. */
function tellCopied(text: string): void {
  const target = apply(visualViewportOf, window, []);
  if (target) apply(dispatch, target, [new Input(name, { data: text })]);
}

const clipboard = (globalThis as any).Clipboard?.prototype; // of secure contexts only
wrapMethod(clipboard, "writeText", (_self, call, [text]) => (call() as Promise<void>).then(() => tellCopied(String(text))));
wrapMethod(clipboard, "write", (_self, call, [items]) => (call() as Promise<void>).then(async () => {
  const item = (Array.from(items) as ClipboardItem[]).find((i) => i.types.includes("text/plain"));
  if (item) tellCopied(await (await item.getType("text/plain")).text());
}));

// Outside of the document no listener of the engine hears an event.
const asksFirst = (self: any, call: () => unknown) =>
  !(self instanceof Element) || apply(isConnected, self, []) || tell(press, self) ? call() : false;
wrapMethod(HTMLElement.prototype, "click", (self, call) => void asksFirst(self, call));
wrapMethod(EventTarget.prototype, "dispatchEvent", asksFirst);
wrapMethod(HTMLFormElement.prototype, "submit", (self, call) => (tell(submit, self) ? call() : undefined));
for (const proto of [HTMLInputElement.prototype, HTMLSelectElement.prototype]) wrapMethod(proto, "showPicker", (self, call) => (tell(picker, self) ? call() : undefined));
for (const m of ["open", "write", "writeln"]) {
  wrapMethod(Document.prototype, m, (self, call) => {
    const result = call();
    tell(opened, null, self);
    return result;
  });
}

watchWants(wrapMethod, (what) => void tell(what, null));
