// In the page's own world: what a page wants of the device that it runs on, and never gets in a shared browser. People are told, as nothing
// in the picture says so.

export const wants = { location: 10, devices: 11, notifications: 12, printer: 13, pointer: 14 } as const;

type Wrap = (proto: any, method: string, around: (self: any, call: () => unknown) => unknown) => void;

/** The browser itself refuses location, devices and notifications. */
export function watchWants(wrapMethod: Wrap, tell: (what: number) => void): void {
  const { dispatchEvent } = EventTarget.prototype;
  const first = (what: number) => (_self: unknown, call: () => unknown) => {
    tell(what);
    return call();
  };
  const global = globalThis as any;
  for (const m of ["getCurrentPosition", "watchPosition"]) wrapMethod(global.Geolocation?.prototype, m, first(wants.location));
  for (const m of ["getUserMedia", "getDisplayMedia"]) wrapMethod(global.MediaDevices?.prototype, m, first(wants.devices));
  wrapMethod(global.Notification, "requestPermission", first(wants.notifications));
  wrapMethod(global, "print", () => tell(wants.printer));
  // Two people have a pointer each: none may be caught.
  wrapMethod(Element.prototype, "requestPointerLock", (self: Element) => {
    tell(wants.pointer);
    queueMicrotask(() => Reflect.apply(dispatchEvent, self.ownerDocument, [new Event("pointerlockerror")]));
    return Promise.reject(new DOMException("The pointer cannot be locked here.", "NotAllowedError"));
  });
}
