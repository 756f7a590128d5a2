// Text as a person reads it. privacy's Go half (text.go) does the same; testdata/vectors.json holds both to it.

/** Text without tricks, and for each of its UTF-16 units the index in the original. */
export interface Plain {
  text: string;
  at: number[];
}

const invisible = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]/;
const digit = /\p{Nd}/u;

/** Any script's decimal digits come in tens: the distance to the first of them is the value. */
function digitValue(code: number): number {
  let value = 0;
  while (value < 9 && digit.test(String.fromCodePoint(code - value - 1))) value++;
  return value;
}

/** Digits in black or drawn circles, which no normal form undoes. */
function circled(c: string): string | undefined {
  const code = c.codePointAt(0)!;
  if (code === 0x24ff || code === 0x1f10b || code === 0x1f10c) return "0";
  for (const one of [0x2776, 0x2780, 0x278a, 0x24f5]) if (code >= one && code < one + 9) return String(code - one + 1);
  return;
}

/** Blanks, and the border of a box, which pii.ts calls a loose break. */
const blank = /^[\s\u0001]$/;

export function plain(original: string): Plain {
  if (/^[\x00-\x7e]*$/.test(original) && !/[\t-\r]|[ \u0001]{2}/.test(original)) return { text: original, at: [] };
  const parts: string[] = [];
  const at: number[] = [];
  let i = 0;
  for (const c of original) {
    if (!invisible.test(c)) {
      let n = circled(c) ?? c.normalize("NFKC");
      if (digit.test(n) && n.codePointAt(0)! > 0x7f) n = String(digitValue(n.codePointAt(0)!));
      if (!blank.test(n) || !joins(parts, n)) {
        for (let k = 0; k < n.length; k++) at.push(i);
        parts.push(/^\s$/.test(n) ? " " : n);
      }
    }
    i += c.length;
  }
  return { text: parts.join(""), at };
}

/** Any number of blanks is read as one, and beside the border of a box there is none. */
function joins(parts: string[], n: string): boolean {
  const last = parts.length - 1;
  if (last < 0 || !blank.test(parts[last]!)) return false;
  if (n === "\u0001") parts[last] = n;
  return true;
}

/** Where unit i of p.text stands in the original; p.at is empty when nothing moved. */
export function origin(p: Plain, i: number): number {
  return p.at.length ? p.at[Math.min(i, p.at.length - 1)]! : i;
}

/** Latin letters that no decomposition parts. */
const latin: Record<string, string> = { ß: "ss", ı: "i", ł: "l", ø: "o", đ: "d", æ: "ae", œ: "oe" };

/** A label for comparing: no accents, no case, no invisible characters, words of letters and digits parted by one space. */
export function fold(s: string): string {
  return plain(s)
    .text.normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[ßıłøđæœ]/g, (c) => latin[c]!)
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

const theirs = "АВЕКМНОРСТУХІЈЅԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧавекмнорстухіјѕһԁԛѡүαβεικνορτυχω";
const latins = "ABEKMHOPCTYXIJSGQWABEZHIKMNOPTYXabekmhopctyxijshdqwyabeikvoptuxw";
const looks = new Map([...theirs].map((c, i) => [c, latins[i]!]));

/** Text with the Cyrillic and Greek letters that look Latin made Latin, or nothing when there are none. */
export function lookAlike(s: string): string {
  const changed = s.replace(/[\u0370-\u0527]/gu, (c) => looks.get(c) ?? c);
  return changed === s ? "" : changed;
}

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Hangul}]/u;

/** A folded label, ready to be compared with many rules. */
interface Label {
  words: string;
  tight: string;
}

export function asLabel(folded: string): Label {
  return { words: ` ${folded} `, tight: folded.replace(/ /g, "") };
}

export interface NameRule extends Label {
  /** It counts inside a longer run of letters too: several words, or a script that does not part words. */
  anywhere: boolean;
}

export function asNameRule(folded: string): NameRule {
  return { ...asLabel(folded), anywhere: folded.includes(" ") || unspaced.test(folded) };
}

/** Whether a label contains a rule: as whole words, or with all spacing removed (so "B u y now" and "buynow" count). */
export function labelMatches(label: Label, rule: NameRule): boolean {
  if (!rule.tight) return false;
  return label.words.includes(rule.words) || label.tight === rule.tight || (rule.anywhere && label.tight.includes(rule.tight));
}
