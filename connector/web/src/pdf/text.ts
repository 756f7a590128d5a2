// A page's text as elements, so that the masks find what they find on any page; and where each piece lies in the picture.
import type { PageViewport } from 'pdfjs-dist';
import type { TextItem } from 'pdfjs-dist/types/src/display/api';
import { inReadingOrder } from './order';

interface Box { x: number; y: number; w: number; h: number }
export interface Piece { span: HTMLElement; box: Box; startsLine: boolean }

/** More pieces than people read on a page are an attack on memory; such a page is not shown. */
export const mostPieces = 20_000;

type Matrix = [number, number, number, number, number, number];

function times(a: number[], b: number[]): Matrix {
  const [a0 = 0, a1 = 0, a2 = 0, a3 = 0, a4 = 0, a5 = 0] = a;
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0] = b;
  return [a0 * b0 + a2 * b1, a1 * b0 + a3 * b1, a0 * b2 + a2 * b3, a1 * b2 + a3 * b3, a0 * b4 + a2 * b5 + a4, a1 * b4 + a3 * b5 + a5];
}

/** The element of one piece of text; its box is what must be painted over to hide it: glyphs reach above and below their line. */
function piece(item: TextItem, viewport: PageViewport, vertical: boolean, startsLine: boolean): Piece {
  const [a, b, c, d, e, f] = times(viewport.transform, item.transform);
  const size = Math.hypot(c, d) || 1;
  const along = (vertical ? item.height : item.width) * viewport.scale;
  const run = Math.hypot(a, b) || 1;
  const right = vertical ? { x: -c / size, y: -d / size } : { x: a / run, y: b / run };
  const up = vertical ? { x: a / run, y: b / run } : { x: c / size, y: d / size };
  const corners = [[0, -0.35], [0, 1.15], [1, -0.35], [1, 1.15]].map(([t = 0, k = 0]) => ({
    x: e + right.x * along * t + up.x * size * (vertical ? k - 0.5 : k), y: f + right.y * along * t + up.y * size * (vertical ? k - 0.5 : k),
  }));
  const xs = corners.map((p) => p.x), ys = corners.map((p) => p.y);
  const x = Math.min(...xs), y = Math.min(...ys);
  const box = { x: x - 1, y: y - 1, w: Math.max(...xs) - x + 2, h: Math.max(...ys) - y + 2 };

  const span = document.createElement('span');
  span.textContent = item.str;
  const angle = Math.atan2(right.y, right.x);
  span.style.cssText = `left:${e + up.x * size * 0.85}px;top:${f + up.y * size * 0.85}px;font-size:${size}px`;
  if (Math.abs(angle) > 0.01) span.style.transform = `rotate(${angle}rad)`;
  span.dataset.wide = String(along);
  return { span, box, startsLine };
}

export function layOut(items: TextItem[], viewport: PageViewport, styles: Record<string, { fontFamily: string; vertical: boolean }>): { layer: HTMLElement; pieces: Piece[] } {
  const layer = document.createElement('div');
  layer.className = 'text';
  const pieces: Piece[] = [];
  for (const paragraph of inReadingOrder(items)) {
    const block = layer.appendChild(document.createElement('div'));
    for (const line of paragraph) {
      for (const item of line) {
        const style = styles[item.fontName];
        const one = piece(item, viewport, style?.vertical ?? false, item === line[0]);
        if (style) one.span.style.fontFamily = style.fontFamily;
        pieces.push(one);
        block.append(one.span);
      }
      block.append(document.createElement('br'));
    }
  }
  return { layer, pieces };
}

/** Stretches the pieces to the width they have in the picture. The layer must be in the page. */
export function stretch(pieces: Piece[]): void {
  const widths = pieces.map((p) => p.span.offsetWidth);
  pieces.forEach(({ span }, i) => {
    const wide = Number(span.dataset.wide);
    const natural = widths[i] ?? 0;
    if (natural > 0 && wide > 0) span.style.transform = `${span.style.transform} scaleX(${wide / natural})`;
  });
}

/** Whether the piece is masked: by a mark of the masks, by a rule, or as all text of a site is. The layer itself is see-through. */
export function isMasked({ span }: Piece): boolean {
  const { opacity, webkitTextFillColor } = getComputedStyle(span);
  return opacity !== '1' || /^rgba\(.*, 0\)$/.test(webkitTextFillColor);
}
