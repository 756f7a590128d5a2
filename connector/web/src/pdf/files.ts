// Gives pdf.js its decoders (JPEG 2000, JBIG2, colour profiles), character maps and fonts: it asks for addresses that lead nowhere,
// and gets what the build has put here.

/** The files in base64, by address. */
declare const FILES: Record<string, string>;

function bytesOf(address: unknown): Uint8Array<ArrayBuffer> | undefined {
  const text = FILES[String(address)];
  return text === undefined ? undefined : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

const load = globalThis.fetch;
globalThis.fetch = (address, ...rest) => {
  const bytes = bytesOf(address);
  return bytes ? Promise.resolve(new Response(bytes)) : load(address, ...rest);
};

/** Colour profiles are loaded without waiting, which only a request does. */
const prepare = XMLHttpRequest.prototype.open as (...args: unknown[]) => void;
XMLHttpRequest.prototype.open = function (...[method, address, ...rest]: unknown[]) {
  const bytes = bytesOf(address);
  prepare.call(this, method, bytes ? URL.createObjectURL(new Blob([bytes])) : address, ...rest);
};

export {};
