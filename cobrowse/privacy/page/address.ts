// Address patterns (PageRule in policy.go) and the addresses that acting on an element leads to.

/** Host and path with * for any run of characters; in front of :// a scheme, with a question mark the query too. */
export function addressPattern(pattern: string): (url: URL) => boolean {
  const [, scheme, rest] = /^(?:([^/]*):\/\/)?(.*)$/s.exec(pattern.trim())!;
  const onlyHost = !/[/?]/.test(rest!) && (scheme === undefined || /^(http|\*)/i.test(scheme)); // tel:, mailto: and the like have none
  const whole = onlyHost ? `${rest}/*` : rest!;
  const source = whole
    .replace(/^\*\./, "\u0001") // the host itself as well
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replace("\u0001", "(?:.*\\.)?");
  const address = new RegExp(`^${source}$`, "is");
  const protocol = scheme === undefined ? null : new RegExp(`^${scheme.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}:$`, "i");
  const query = whole.includes("?");
  return (url) => {
    if (protocol && !protocol.test(url.protocol)) return false;
    const tail = (path: string) => path + (query ? url.search : "");
    return [url.host, url.hostname].some((h) => [url.pathname, decoded(url.pathname)].some((p) => address.test(h + tail(p))));
  };
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
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
