// How often each of the company's rules finds something in this document: numbers for whoever keeps the rules, no content.

import type { GuardRule, MaskRule } from "./config";
import { labelsOf } from "./names";
import { understood } from "./rules";
import { guards, masks, onRules, rules } from "./site";
import { asLabel, asNameRule, fold, labelMatches, type NameRule } from "./text";
import { allRoots } from "./watch";

const mostControls = 400;
const controls = "a,button,input,summary,label,[role],[onclick],[tabindex]";

let counted: Record<string, number> = {};
let stale = true;
let next = 0;
let own: (MaskRule | GuardRule)[] = [];
let names: { id: string; rule: NameRule }[] = [];

onRules(() => {
  const ids = new Set(rules.own);
  own = [...masks, ...guards].filter((r) => ids.has(r.id));
  names = guards.filter((g) => g.name && ids.has(g.id)).map((g) => ({ id: g.id, rule: asNameRule(fold(g.name!)) }));
  stale = true;
  next = 0;
});

/** The document changed: what was counted may be wrong. */
export function forgetHealth(): void {
  stale = true;
}

/** The matches of each rule, counted again at most every three seconds, and more rarely where that takes long. */
export function health(later: () => void): Record<string, number> {
  const now = performance.now();
  if (!stale) return counted;
  if (now < next) {
    setTimeout(later, next - now);
    return counted;
  }
  stale = false;
  counted = count();
  next = performance.now() + Math.max(3000, 100 * (performance.now() - now));
  return counted;
}

function count(): Record<string, number> {
  const found: Record<string, number> = {};
  const add = (id: string, n: number) => (found[id] = (found[id] ?? 0) + n);
  const roots = [...allRoots()];
  for (const r of own) {
    if (!r.selector || !understood(r.selector)) continue;
    add(r.id, 0);
    for (const root of roots) add(r.id, root.querySelectorAll(r.selector).length);
  }
  for (const n of names) add(n.id, 0);
  const seen = roots.flatMap((root) => [...root.querySelectorAll(controls)]).slice(0, names.length ? mostControls : 0);
  for (const el of seen) {
    const labels = labelsOf(el, null).map(asLabel);
    for (const n of names) if (labels.some((l) => labelMatches(l, n.rule))) add(n.id, 1);
  }
  return found;
}
