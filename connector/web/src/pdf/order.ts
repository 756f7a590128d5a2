// A page's text in the order in which people read it. A file may write its pieces in any order: a number's last digit first.
import type { TextItem } from 'pdfjs-dist/types/src/display/api';

interface Placed {
  item: TextItem;
  size: number;
  angle: number;
  across: number; // along the line
  down: number; // from line to line
}

function placed(item: TextItem): Placed {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = item.transform;
  const size = Math.hypot(c, d) || 1;
  const run = Math.hypot(a, b) || 1;
  return { item, size, angle: Math.atan2(b, a), across: (a * e + b * f) / run, down: -(c * e + d * f) / size };
}

/** Pieces on one line: raised and lowered ones belong to it. */
interface Line { angle: number; down: number; size: number; pieces: Placed[] }

function holds(line: Line, p: Placed): boolean {
  return Math.abs(line.angle - p.angle) < 0.05 && Math.abs(line.down - p.down) < 0.5 * Math.max(line.size, p.size);
}

/** Paragraphs of lines of pieces. A wide gap parts a line: what stands there is another column's. */
export function inReadingOrder(items: TextItem[]): TextItem[][][] {
  const lines: Line[] = [];
  for (const p of items.filter((i) => i.str).map(placed)) {
    const line = lines.findLast((l) => holds(l, p));
    if (line) line.pieces.push(p);
    else lines.push({ angle: p.angle, down: p.down, size: p.size, pieces: [p] });
  }
  const paragraphs: Line[][] = [];
  for (const part of lines.flatMap(parted)) {
    const open = paragraphs.findLast((lines) => goesOn(lines[lines.length - 1] as Line, part));
    if (open) open.push(part);
    else paragraphs.push([part]);
  }
  return paragraphs.map((lines) => lines.map((l) => l.pieces.map((p) => p.item)));
}

function parted(line: Line): Line[] {
  const parts: Line[] = [];
  let end = -Infinity;
  for (const p of [...line.pieces].sort((a, b) => a.across - b.across)) {
    const last = parts[parts.length - 1];
    if (last && p.across - end < 2 * p.size) last.pieces.push(p);
    else parts.push({ ...line, pieces: [p] });
    end = Math.max(end, p.across + (p.item.str.trim() ? p.item.width : 0));
  }
  return parts;
}

/** Whether a part stands right below another one, in its size. */
function goesOn(above: Line, part: Line): boolean {
  const from = (l: Line) => l.pieces[0]?.across ?? 0;
  const to = (l: Line) => Math.max(...l.pieces.map((p) => p.across + p.item.width));
  const below = part.down - above.down;
  return Math.abs(above.angle - part.angle) < 0.05 && below > 0 && below <= 2 * above.size && Math.abs(part.size / above.size - 1) < 0.15 &&
    from(part) < to(above) && to(part) > from(above);
}
