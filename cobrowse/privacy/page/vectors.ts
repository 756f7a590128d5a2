// For the tests: the matchers as a function of the page, held to testdata/vectors.json.

import { find } from "./pii";
import { plain } from "./text";

(globalThis as any).findKinds = (s: string, kinds: string[]) => [...new Set(find(plain(s).text, kinds).map((h) => h.kind))].sort();
