// Finds words in a page's text as people read it: without case, accents and line ends. What is hidden is not there, for nobody: a
// search must not tell what a masked place says.

export interface Text { text: string; startsLine: boolean; hidden: boolean }
/** One character: which piece, and where in it. */
export interface Spot { piece: number; at: number }
export interface Match { from: Spot; to: Spot }

/** Stands where something hidden is; no query contains it. */
const gap = '\u0000';

function fold(text: string): string {
  return text.normalize('NFKD').replace(/[\p{M}\u0000]/gu, '').toLowerCase();
}

export function foldedQuery(query: string): string {
  return fold(query).replace(/\s+/g, ' ').trim();
}

/** The page as one line, with the place of each of its characters. */
function lineOf(pieces: Text[]): { line: string; spots: Spot[] } {
  let line = '';
  const spots: Spot[] = [];
  const add = (text: string, spot: Spot) => {
    for (const c of text) {
      const one = /\s/.test(c) ? ' ' : c;
      if (one === ' ' && line.endsWith(' ')) continue;
      line += one;
      for (let i = 0; i < one.length; i++) spots.push(spot);
    }
  };
  pieces.forEach(({ text, startsLine, hidden }, piece) => {
    if (hidden) return add(gap, { piece, at: 0 });
    if (startsLine) add(' ', { piece, at: 0 });
    for (let at = 0; at < text.length; at++) add(fold(text[at] as string), { piece, at });
  });
  return { line, spots };
}

export function matchesIn(pieces: Text[], query: string): Match[] {
  const wanted = foldedQuery(query);
  if (!wanted) return [];
  const { line, spots } = lineOf(pieces);
  const found: Match[] = [];
  for (let at = line.indexOf(wanted); at >= 0; at = line.indexOf(wanted, at + wanted.length)) {
    found.push({ from: spots[at] as Spot, to: spots[at + wanted.length - 1] as Spot });
  }
  return found;
}
