// What is private in a text: the classes of the policy and the company's own patterns.

import { compile, findPatterns, type Compiled } from "./patterns";
import { find, type Hit } from "./pii";
import { onRules, rules } from "./site";

let compiled: Compiled[] = [];
onRules(() => (compiled = compile(rules.patterns)));

/** Whether any text may be of interest, also one without digits. */
export function hasPatterns(): boolean {
  return compiled.length > 0;
}

/** Everything private in a text that plain() made. Hits may overlap. */
export function findAll(s: string): Hit[] {
  return [...find(s, rules.pii), ...findPatterns(s, compiled)];
}
