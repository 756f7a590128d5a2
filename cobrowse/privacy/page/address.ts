// Address patterns (PageRule in policy.go) and the addresses that acting on an element leads to.

/** A pattern as cobrowse/address.go reads it; testdata/addresses.json holds both to the same answers. */
export function addressPattern(pattern: string): (url: URL) => boolean {
  const [, scheme, rest] = /^(?:(.*?):\/\/)?(.*)$/s.exec(pattern.trim().toLowerCase())!;
  const [, authority, tail] = /^([^/?]*)(.*)$/s.exec(rest!)!;
  const [hostPart, port] = cut(authority!, ":");
  const [path, query] = cut(tail!.startsWith("?") ? `/${tail}` : tail || "/*", "?");
  const host = plainHost(hostPart);
  const whole = plainPath(path) + (query === undefined ? "" : `?${query}`);
  const likeHost = (name: string) => glob(host, name) || (host.startsWith("*.") && glob(host.slice(2), name));
  return (address) => {
    const url = ownerOf(address);
    const kind = url.protocol.slice(0, -1);
    if ((scheme !== undefined && !glob(scheme, kind)) || (port !== undefined && !glob(port, url.port || (ports[kind] ?? "")))) return false;
    if (!likeHost(plainHost(url.hostname.toLowerCase()))) return false;
    const itsPath = url.pathname.startsWith("/") ? url.pathname.toLowerCase() : ""; // tel:, mailto: and the like have none
    const itsQuery = query === undefined ? "" : `?${url.search.slice(1).toLowerCase()}`;
    return [itsPath, decoded(itsPath) ?? itsPath].some((p) => glob(whole, plainPath(p) + itsQuery));
  };
}

const ports: Record<string, string> = { http: "80", https: "443", ws: "80", wss: "443" };

function cut(s: string, by: string): [before: string, after?: string] {
  const i = s.indexOf(by);
  return i < 0 ? [s] : [s.slice(0, i), s.slice(i + 1)];
}

/** Of a blob the address of its maker. */
function ownerOf(url: URL): URL {
  try {
    return url.protocol === "blob:" ? new URL(url.pathname) : url;
  } catch {
    return url;
  }
}

function plainHost(host: string): string {
  return host.replace(/\.$/, "").split(".").map(asciiLabel).join(".");
}

function asciiLabel(label: string): string {
  if (/^[\x00-\x7f]*$/.test(label)) return label;
  try {
    return new URL(`http://${label}`).hostname;
  } catch {
    return label;
  }
}

/** Without escapes, also repeated ones, and without repeated slashes. */
function plainPath(path: string): string {
  for (let i = 0; i < 3; i++) {
    const next = decoded(path);
    if (next === undefined || next === path) break;
    path = next.toLowerCase();
  }
  return path.replace(/\/{2,}/g, "/") || "/";
}

function decoded(path: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(path)) return;
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (run) => new TextDecoder().decode(Uint8Array.from(run.slice(1).split("%"), (hex) => parseInt(hex, 16))));
}

/** * stands for any run of characters. Each part between stars is looked for once, where the one before ended. */
function glob(pattern: string, s: string): boolean {
  const parts = pattern.split("*");
  const first = parts.shift()!;
  const last = parts.pop();
  if (last === undefined) return pattern === s;
  if (!s.startsWith(first)) return false;
  let rest = s.slice(first.length);
  for (const part of parts) {
    const i = rest.indexOf(part);
    if (i < 0) return false;
    rest = rest.slice(i + part.length);
  }
  return rest.endsWith(last);
}

export function resolve(address: string | null | undefined, base: Node): URL | null {
  try {
    return address == null ? null : new URL(address.trim(), base.baseURI);
  } catch {
    return null;
  }
}

/** Where a link leads. */
export function linkOf(el: Element): URL | null {
  if (el.localName !== "a" && el.localName !== "area") return null;
  const href = el.getAttribute("href") ?? el.getAttributeNS("http://www.w3.org/1999/xlink", "href");
  return href === null ? null : resolve(href, el);
}

/** Where a form goes when submitter submits it. */
export function actionOf(form: HTMLFormElement, submitter?: Element | null): URL | null {
  return resolve(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", form);
}
