// The company's own kinds of data. pattern.go wrote the expressions and made sure of what they cost; it does the same with text.

import type { Pattern } from "./config";
import { luhn, type Hit } from "./pii";

export interface Compiled {
  expression: RegExp;
  check: (digits: string) => boolean;
}

/** So much of a text is looked at in one piece; a find is never longer than what two pieces share. */
const piece = 2000;
const shared = 300;

const checks: Record<string, (digits: string) => boolean> = { luhn: (d) => !!d && luhn(d), mod97: (d) => rest97(d) === 1, mod11, verhoeff };

export function compile(patterns: Pattern[]): Compiled[] {
  return patterns.map((p) => ({ expression: new RegExp(p.expression, "gu"), check: p.check ? checks[p.check]! : () => true }));
}

export function findPatterns(s: string, patterns: Compiled[]): Hit[] {
  const hits: Hit[] = [];
  for (const p of patterns) {
    for (let from = 0; from === 0 || from + shared < s.length; from += piece - shared) {
      for (const m of s.slice(from, from + piece).matchAll(p.expression)) {
        const digits = m[0].replace(/[^0-9]/g, "");
        if (p.check(digits)) hits.push({ start: from + m.index, end: from + m.index + m[0].length, kind: "pattern" });
      }
    }
  }
  return hits;
}

function rest97(digits: string): number {
  let rest = 0;
  for (const c of digits) rest = (rest * 10 + Number(c)) % 97;
  return rest;
}

function mod11(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) sum += Number(digits[digits.length - 1 - i]) * (i + 1);
  return !!digits && sum % 11 === 0;
}

const round = ["0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"];

function verhoeff(digits: string): boolean {
  let c = 0;
  for (let i = 0; i < digits.length; i++) c = dihedral(c, Number(round[i % 8]![Number(digits[digits.length - 1 - i])]));
  return !!digits && c === 0;
}

function dihedral(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5);
  return b < 5 ? 5 + ((a - b) % 5) : (a - b + 5) % 5;
}
