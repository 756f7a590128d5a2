// For the tests: the matchers as a function of the page, held to testdata/vectors.json.

import { addressPattern } from "./address";
import { compile, findPatterns } from "./patterns";
import { find } from "./pii";
import { plain } from "./text";

(globalThis as any).findKinds = (s: string, kinds: string[]) => [...new Set(find(plain(s).text, kinds).map((h) => h.kind))].sort();

(globalThis as any).patternTexts = (s: string, pattern: { id: string; expression: string; check?: string }) => {
  const p = plain(s).text;
  return findPatterns(p, compile([pattern])).map((h) => p.slice(h.start, h.end));
};

(globalThis as any).addressMatches = (pattern: string, address: string) => addressPattern(pattern)(new URL(address));
