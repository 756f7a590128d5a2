// One page of a PDF. It is drawn out of sight, what the masks hide in its text is painted over, and only then is the picture shown.
import { AnnotationMode, type PageViewport, type PDFPageProxy } from 'pdfjs-dist';
import type { TextItem } from 'pdfjs-dist/types/src/display/api';
import type { Match } from './find';
import { isMasked, layOut, mostPieces, stretch, type Piece } from './text';

const cover = '#c9d3f0';
const mostPixels = 8_000_000; // of one page's picture

/** How large people want it, and how far they have turned it, in degrees. */
export interface View { scale: number; turned: number }

/** Two frames: the masks look at new text before the next one is painted. */
export const painted = () => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));

/** Where people act on a page: its fields and links. */
export interface Surface { layer: HTMLElement; fit(viewport: PageViewport): void }

interface Options { word: string; surface?: (page: PDFPageProxy, viewport: PageViewport) => Promise<Surface> }

/** A place of the page's size from the start, with its picture while it is near. */
export class Sheet {
  readonly place = document.createElement('div');
  private size = '';
  private url = '';
  private turn = 0;
  private watch: MutationObserver | undefined;
  private text: { layer: HTMLElement; pieces: Piece[] } | undefined;
  private surface: Surface | undefined;
  private hits: Match[] = [];
  private current: Match | undefined;

  constructor(readonly page: PDFPageProxy, private readonly options: Options) {
    this.place.className = 'page';
  }

  viewport({ scale, turned }: View): PageViewport {
    return this.page.getViewport({ scale, rotation: (this.page.rotate + turned) % 360 });
  }

  /** Gives the place its size. What was shown in another one is dropped, but for what people are filling in. */
  resize(view: View): void {
    const viewport = this.viewport(view);
    const size = `${viewport.scale} ${viewport.rotation} ${devicePixelRatio}`;
    if (this.size === size) return;
    this.size = size;
    this.place.style.width = `${viewport.width}px`;
    this.place.style.height = `${viewport.height}px`;
    this.surface?.fit(viewport);
    this.dropPicture();
  }

  drop(): void {
    this.dropPicture();
    this.surface?.layer.remove();
    this.surface = undefined;
  }

  private dropPicture(): void {
    this.turn++;
    this.watch?.disconnect();
    this.text = undefined;
    this.place.replaceChildren(...(this.surface ? [this.surface.layer] : []));
    this.place.style.backgroundImage = '';
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = '';
  }

  async show(view: View): Promise<void> {
    if (this.text) return;
    const turn = ++this.turn;
    const viewport = this.viewport(view);
    try {
      const text = await this.layOutText(viewport, () => turn === this.turn);
      if (!text) return;
      this.text = text;
      await painted();
      const picture = await this.draw(viewport, text.pieces);
      if (turn !== this.turn) return;
      this.url = URL.createObjectURL(picture);
      this.place.style.backgroundImage = `url(${this.url})`;
      this.lookAfter(text);
      await this.addSurface(viewport, turn);
    } catch {
      if (turn !== this.turn) return;
      const word = document.createElement('p');
      word.textContent = this.options.word;
      this.place.replaceChildren(word);
    }
  }

  private async addSurface(viewport: PageViewport, turn: number): Promise<void> {
    if (this.surface || !this.options.surface) return;
    const surface = await this.options.surface(this.page, viewport);
    if (turn !== this.turn) return;
    this.surface = surface;
    this.place.append(surface.layer);
  }

  /** The page's text, where the masks look at it; undefined when it is not wanted any more. */
  async layOutText(viewport: PageViewport, wanted = () => true): Promise<{ layer: HTMLElement; pieces: Piece[] } | undefined> {
    const content = await this.page.getTextContent({ disableNormalization: true });
    if (!wanted()) return undefined;
    const items = content.items.filter((i): i is TextItem => 'str' in i);
    if (items.length > mostPieces) throw new Error('too much text');
    const text = layOut(items, viewport, content.styles);
    this.place.prepend(text.layer);
    stretch(text.pieces);
    return text;
  }

  /**
   * The page's picture without what is masked. Comments have text of their own that no mask sees: they are left out. Fields are elements,
   * as on any page.
   */
  private async draw(size: PageViewport, pieces: Piece[]): Promise<Blob> {
    const dense = Math.min(devicePixelRatio, Math.sqrt(mostPixels / (size.width * size.height)));
    const viewport = size.clone({ scale: size.scale * dense });
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil(viewport.width);
    canvas.height = Math.ceil(viewport.height);
    await this.page.render({ canvas, viewport, annotationMode: AnnotationMode.DISABLE }).promise;
    const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    pen.fillStyle = cover;
    for (const p of pieces) if (isMasked(p)) pen.fillRect(p.box.x, p.box.y, p.box.w, p.box.h);
    return new Promise((done, fail) => canvas.toBlob((b) => (b ? done(b) : fail(new Error('no picture'))), 'image/png'));
  }

  /** What is masked from now on, as a value typed elsewhere may be, is covered before the next paint; and what was masked meanwhile. */
  private lookAfter({ layer, pieces }: { layer: HTMLElement; pieces: Piece[] }): void {
    const covered = new Set<Piece>();
    const look = () => {
      const fresh = pieces.filter((p) => !covered.has(p) && isMasked(p));
      for (const p of fresh) {
        covered.add(p);
        const box = document.createElement('div');
        box.className = 'cover';
        box.style.cssText = `left:${p.box.x}px;top:${p.box.y}px;width:${p.box.w}px;height:${p.box.h}px`;
        this.place.insertBefore(box, layer);
      }
      if (fresh.length) this.drawHits();
    };
    look();
    this.drawHits();
    this.watch = new MutationObserver(look);
    this.watch.observe(layer, { attributes: true, subtree: true });
    this.watch.observe(document.documentElement, { attributes: true }); // other sheets stand
  }

  /** Shows what a search found here. */
  highlight(hits: Match[], current: Match | undefined): void {
    this.hits = hits;
    this.current = current;
    this.drawHits();
  }

  private drawHits(): void {
    for (const old of this.place.querySelectorAll('.hit')) old.remove();
    if (!this.text || !this.url) return;
    for (const hit of this.hits) {
      const boxes = this.boxesOf(hit, this.text.pieces);
      for (const box of boxes) {
        box.classList.toggle('current', hit === this.current);
        this.place.insertBefore(box, this.text.layer);
      }
      if (hit === this.current) boxes[0]?.scrollIntoView({ block: 'center', inline: 'nearest', behavior: 'instant' });
    }
  }

  /** The marks over one match; none when something of it has been hidden meanwhile. */
  private boxesOf({ from, to }: Match, pieces: Piece[]): HTMLElement[] {
    const marked = pieces.slice(from.piece, to.piece + 1);
    if (marked.some(isMasked)) return [];
    const origin = this.place.getBoundingClientRect();
    return marked.flatMap((p, i) => {
      const text = p.span.firstChild;
      if (!text) return [];
      const range = document.createRange();
      range.setStart(text, i === 0 ? from.at : 0);
      range.setEnd(text, i === marked.length - 1 ? to.at + 1 : (text.nodeValue ?? '').length);
      const { x, y, width, height } = range.getBoundingClientRect();
      const box = document.createElement('div');
      box.className = 'hit';
      box.style.cssText = `left:${x - origin.x}px;top:${y - origin.y}px;width:${width}px;height:${height}px`;
      return [box];
    });
  }
}
