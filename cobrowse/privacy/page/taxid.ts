// Numbers of persons and companies that have letters. taxid.go does the same.

import type { Hit } from "./pii";

const spanishID = /[XYZxyz]?[ .-]?[0-9](?:[ .-]?[0-9]){6,7}[ .-]?[A-Za-z]/g;
const cnpjLike = /[0-9A-Za-z]{2}\.?[0-9A-Za-z]{3}\.?[0-9A-Za-z]{3}\/?[0-9A-Za-z]{4}-?[0-9]{2}/g;
const spanishLetters = "TRWAGMYFPDXBNJZSQVHLCKE";
const word = /[\p{L}\p{N}]/u;

export function taxIDs(s: string, wants: Set<string>): Hit[] {
  const hits: Hit[] = [];
  const add = (like: RegExp, kind: string, is: (id: string) => boolean) => {
    for (const m of s.matchAll(like)) {
      const start = m.index + m[0].length - m[0].replace(/^[ .-]+/, "").length;
      const end = m.index + m[0].length;
      if (apart(s, start, end) && is(s.slice(start, end).replace(/[^0-9A-Za-z]/g, "").toUpperCase())) hits.push({ start, end, kind });
    }
  };
  if (wants.has("nif")) add(spanishID, "nif", isSpanishID);
  if (wants.has("cpf")) add(cnpjLike, "cpf", isCNPJ);
  return hits;
}

function apart(s: string, start: number, end: number): boolean {
  return !word.test([...s.slice(Math.max(0, start - 2), start)].pop() ?? "") && !word.test([...s.slice(end, end + 2)][0] ?? "");
}

function isSpanishID(id: string): boolean {
  if (!/^[XYZ0-9]\d{7}[A-Z]$/.test(id)) return false;
  const first = "XYZ".indexOf(id[0]!);
  return spanishLetters[Number((first >= 0 ? String(first) : id[0]!) + id.slice(1, 8)) % 23] === id[8];
}

export function isPortugueseID(d: string): boolean {
  if (!/^([1235689]|45|7[01245789])/.test(d)) return false;
  let sum = 0;
  for (let i = 0; i < 8; i++) sum += Number(d[i]) * (9 - i);
  return (11 - (sum % 11)) % 11 % 10 === Number(d[8]);
}

export function isCNPJ(id: string): boolean {
  if (id.length !== 14 || /^(.)\1*$/.test(id)) return false;
  return [12, 13].every((n) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (id.charCodeAt(i) - 48) * (((n - 1 - i) % 8) + 2);
    return (11 - (sum % 11)) % 11 % 10 === Number(id[n]);
  });
}
