// Private data by pattern. pii.go does the same; testdata/vectors.json holds both to it.

import { isCNPJ, isPortugueseID, taxIDs } from "./taxid";

export interface Hit {
  start: number;
  end: number;
  kind: string;
}

interface Group {
  start: number;
  end: number;
  digits: string;
}

/** Between texts that are boxes of their own but may be read as one (a digit per box). */
export const looseBreak = "\u0001";
/** Between texts that are never read as one. */
export const hardBreak = "\u0000";

/** Digit groups with at most three characters between them, none of them a letter. */
function runs(s: string): Group[][] {
  const all: Group[][] = [];
  let run: Group[] = [];
  for (const m of s.matchAll(/[0-9]+/g)) {
    const g = { start: m.index, end: m.index + m[0].length, digits: m[0] };
    const before = run[run.length - 1];
    if (before) {
      const gap = s.slice(before.end, g.start);
      if ([...gap].length > 3 || gap.includes(hardBreak) || /[\p{L}\p{N}]/u.test(gap)) {
        all.push(run);
        run = [];
      }
    }
    run.push(g);
  }
  if (run.length) all.push(run);
  return all;
}

export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let d = digits.charCodeAt(digits.length - 1 - i) - 48;
    if (i % 2) d = d > 4 ? 2 * d - 9 : 2 * d;
    sum += d;
  }
  return sum % 10 === 0;
}

/** Issuers by first digits, with the lengths they use. */
const issuers: [RegExp, number[]][] = [
  [/^4/, [13, 16, 18, 19]],
  [/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(6011|64[4-9]|65)/, [16, 17, 18, 19]],
  [/^(30[0-5]|3095|36|38|39)/, [14, 16, 19]],
  [/^35(2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^(62|81)/, [16, 17, 18, 19]],
  [/^(50|5[6-9]|63|67|0604)/, [13, 14, 15, 16, 17, 18, 19]],
  [/^(60|82|220[0-4]|9792)/, [16, 19]],
  [/^3841/, [13, 16, 19]],
];

function isCard(digits: string): boolean {
  return luhn(digits) && issuers.some(([first, lengths]) => first.test(digits) && lengths.includes(digits.length));
}

function isCPF(d: string): boolean {
  if (/^(.)\1*$/.test(d)) return false;
  for (const n of [9, 10]) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += Number(d[i]) * (n + 1 - i);
    if (((sum * 10) % 11) % 10 !== Number(d[n])) return false;
  }
  return true;
}

function isSSN(d: string): boolean {
  return !/^(000|666|9)/.test(d) && !/^...00/.test(d) && !d.endsWith("0000");
}

/** Boxes that only happen to stand beside each other make no card number; digits or usual groups of four do. */
function plausible(s: string, w: Group[], lengths: string): boolean {
  const across = w.some((g, i) => i > 0 && s.slice(w[i - 1]!.end, g.start).includes(looseBreak));
  return !across || w.every((g) => g.digits.length <= 2) || /^(4,4,4,4(,3)?|4,6,[45]|3,3,3,2|9,2|3,2,4|3,3,4|3,3,3|2,3,3,4,2)$/.test(lengths);
}

function gaps(s: string, w: Group[]): string[] {
  return w.slice(1).map((g, i) => s.slice(w[i]!.end, g.start));
}

const spacer = /^[ \-.\u2010-\u2015]$/;
/** A spacer, the border of a box, or a spacer in a box of its own. */
const parter = /^(?=.)\u0001?[ \-.\u2010-\u2015]?\u0001?$/;

/** The kind of the number that run[i] to run[k] make. The cheap tests come first: a page may consist of digits. */
function numberKind(s: string, run: Group[], i: number, k: number, digits: string, wants: Set<string>): string {
  const card = digits.length >= 13 && wants.has("card") && isCard(digits);
  const count = k - i + 1;
  if (!card && count > 5 && count !== 11) return "";
  const w = run.slice(i, k + 1);
  const lengths = w.map((g) => g.digits.length).join(",");
  if (!plausible(s, w, lengths)) return "";
  if (card) return "card";
  if (wants.has("cpf") && digits.length === 11) {
    const single = w.length === 11 && run.length === 11;
    if ((single || /^(11|9,2|3,3,3,2)$/.test(lengths)) && isCPF(digits)) return "cpf";
  }
  if (wants.has("cpf") && digits.length === 14 && /^(14|2,3,3,4,2|8,4,2|12,2)$/.test(lengths) && isCNPJ(digits)) return "cpf";
  if (wants.has("nif") && digits.length === 9) {
    if ((lengths === "9" || (lengths === "3,3,3" && gaps(s, w).every((g) => parter.test(g)))) && isPortugueseID(digits)) return "nif";
  }
  if (wants.has("ssn") && lengths === "3,2,4" && gaps(s, w).every((g) => parter.test(g)) && isSSN(digits)) return "ssn";
  if (wants.has("phone") && isNationalPhone(s, run, i, w, digits, lengths)) return "phone";
  return "";
}

/** A number may begin at run[i]: it does not go on from the group before. */
function begins(s: string, run: Group[], i: number): boolean {
  return i === 0 || !spacer.test(s.slice(run[i - 1]!.end, run[i]!.start));
}

function isNationalPhone(s: string, run: Group[], i: number, w: Group[], digits: string, lengths: string): boolean {
  const between = gaps(s, w);
  if (!between.every((g) => spacer.test(g))) return false;
  const same = between.every((g) => g === between[0]);
  switch (lengths) {
    case "3,3,4":
      return same && /^[2-9]..[2-9]/.test(digits);
    case "2,5,4":
    case "2,4,4":
      return between[0] === " " && between[1] === "-";
    case "5,4":
      return between[0] === "-" && digits[0] === "9";
    case "2,2,2,2,2":
      return same && digits[0] === "0";
  }
  if (!begins(s, run, i) || digits.startsWith("00") || digits[0] !== "0" || w.length < 2 || w[0]!.digits.length < 2 || lengths.startsWith("2,2,4")) return false;
  return digits.length >= 9 && digits.length <= 11 && between.every((g) => g !== ".");
}

/** A number that begins with +, 00 or an area code in brackets. Returns the hit or nothing. */
function openPhone(s: string, run: Group[], i: number): Hit | undefined {
  const first = run[i]!;
  const before = s[first.start - 1] ?? "";
  const plus = before === "+" || (/^00([1-9]\d{0,2})?$/.test(first.digits) && begins(s, run, i) && run.length > i + 1);
  const area = before === "(" && s[first.end] === ")" && first.digits.length >= 2 && first.digits.length <= 5;
  if (!plus && !area) return;
  const [least, most] = plus ? [8, 15] : [8, 12];
  let total = 0;
  let end = -1;
  for (let k = i; k < run.length; k++) {
    const g = run[k]!;
    if (k > i && !/^[ \-./()\u2010-\u2015]{1,3}$/.test(s.slice(run[k - 1]!.end, g.start))) break;
    total += g.digits.length;
    if (total > most) break;
    if (total >= least) end = g.end;
  }
  if (end < 0) return;
  return { start: before === "+" || before === "(" ? first.start - 1 : first.start, end, kind: "phone" };
}

const ibanLength: Record<string, number> = {
  AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BR: 29, BY: 28, CH: 21, CR: 22, CY: 28, CZ: 24, DE: 22,
  DK: 18, DO: 28, EE: 20, EG: 29, ES: 24, FI: 18, FO: 18, FR: 27, GB: 22, GE: 22, GI: 23, GL: 18, GR: 27, GT: 28, HR: 21, HU: 28,
  IE: 22, IL: 23, IQ: 23, IS: 26, IT: 27, JO: 30, KW: 30, KZ: 20, LB: 28, LC: 32, LI: 21, LT: 20, LU: 20, LV: 21, MC: 27, MD: 24,
  ME: 22, MK: 19, MR: 27, MT: 31, MU: 30, NL: 18, NO: 15, PK: 24, PL: 28, PS: 29, PT: 25, QA: 29, RO: 24, RS: 22, SA: 24, SC: 31,
  SE: 24, SI: 19, SK: 24, SM: 27, ST: 25, SV: 28, TL: 23, TN: 24, TR: 26, UA: 29, VA: 22, VG: 24, XK: 20,
};

function mod97(iban: string): number {
  let rest = 0;
  for (const c of iban.slice(4) + iban.slice(0, 4)) {
    const v = parseInt(c, 36);
    rest = (rest * (v > 9 ? 100 : 10) + v) % 97;
  }
  return rest;
}

/** The end of the IBAN that begins at from, -1 if none does. */
function ibanEnd(s: string, from: number): number {
  const need = ibanLength[s.slice(from, from + 2).toUpperCase()];
  if (!need || /[A-Za-z0-9]/.test(s[from - 1] ?? "")) return -1;
  let taken = "";
  let i = from;
  for (let skipped = 0; i < s.length && taken.length < need; i++) {
    const c = s[i]!;
    if (/[A-Za-z0-9]/.test(c)) {
      taken += c;
      skipped = 0;
    } else if (c === hardBreak || ++skipped > 3) return -1;
  }
  const whole = taken.length === need && /^..[0-9]{2}/.test(taken) && !/[A-Za-z0-9]/.test(s[i] ?? "");
  return whole && mod97(taken) === 1 ? i : -1;
}

function ibans(s: string): Hit[] {
  const hits: Hit[] = [];
  for (let start = 0; start < s.length; start++) {
    const end = ibanEnd(s, start);
    if (end > 0) hits.push({ start, end, kind: "iban" });
  }
  return hits;
}

const email = /[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.[\p{L}]{2,}/gu;

/** Finds private data in text that plain() made. Hits may overlap. */
export function find(s: string, kinds: Iterable<string>): Hit[] {
  const wants = new Set(kinds);
  const hits: Hit[] = [];
  if (wants.has("email") && s.includes("@")) {
    for (const m of s.matchAll(email)) hits.push({ start: m.index, end: m.index + m[0].length, kind: "email" });
  }
  if (!/[0-9]/.test(s)) return hits;
  if (wants.has("iban")) hits.push(...ibans(s));
  hits.push(...taxIDs(s, wants));
  for (const run of runs(s)) {
    for (let i = 0; i < run.length; i++) {
      const open = wants.has("phone") && openPhone(s, run, i);
      if (open) hits.push(open);
      let digits = "";
      for (let k = i; k < run.length; k++) {
        digits += run[k]!.digits;
        if (digits.length > 19) break;
        if (digits.length < 9) continue;
        const kind = numberKind(s, run, i, k, digits, wants);
        if (kind) hits.push({ start: run[i]!.start, end: run[k]!.end, kind });
      }
    }
  }
  return hits;
}

/** Where a number may begin that goes on to the end of s, -1 if none does: at least five digits that nothing has ended yet. */
export function openNumber(s: string): number {
  const from = Math.max(0, s.length - 80); // longer than any number, and short for what a search may cost
  const tail = /[0-9](?:[0-9]|[^\p{L}\p{N}\u0000]{1,3}(?=[0-9]))*[^\p{L}\p{N}\u0000]{0,3}$/u.exec(s.slice(from));
  return tail && tail[0].replace(/[^0-9]/g, "").length >= 5 ? from + tail.index : -1;
}

export function opensNumber(s: string): boolean {
  return openNumber(s) >= 0;
}
