// Shows a PDF inside the shared browser. A page is drawn out of sight, what the masks hide in its text is painted over, and only then
// is the picture shown: so a PDF is kept private as any page is. The service puts this page in the place of the file.
import { AnnotationMode, getDocument, GlobalWorkerOptions, PasswordResponses, type PDFDocumentProxy, type PDFPageProxy } from 'pdfjs-dist';
import type { TextItem } from 'pdfjs-dist/types/src/display/api';
import en from '../i18n/pdf.en.json';
import ptBR from '../i18n/pdf.pt-BR.json';
import { language } from '../i18n/index';
import { isMasked, layOut, mostPieces, stretch, type Piece } from './text';

const { tag, t } = language({ en, 'pt-BR': ptBR }, navigator.languages);
const cover = '#c9d3f0';
const zooms = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3];
const mostPixels = 8_000_000; // of one page's picture

const element = (id: string) => document.getElementById(id) as HTMLElement;
const header = document.querySelector('header') as HTMLElement;
const main = document.querySelector('main') as HTMLElement;

function bytesOf(id: string): Uint8Array<ArrayBuffer> {
  const script = element(id);
  const text = atob(script.textContent.trim());
  script.remove();
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** Two frames: the masks look at new text before the next one is painted. */
const painted = () => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));

/** One page: a place of its size from the start, its picture while it is near. */
class Sheet {
  readonly place = document.createElement('section');
  private url = '';
  private turn = 0;
  private watch: MutationObserver | undefined;

  constructor(private readonly page: PDFPageProxy, number: number, of: number) {
    this.place.className = 'page';
    this.place.setAttribute('aria-label', t('page', { n: number, m: of }));
  }

  resize(scale: number): void {
    const { width, height } = this.page.getViewport({ scale });
    this.place.style.width = `${width}px`;
    this.place.style.height = `${height}px`;
    this.drop();
  }

  drop(): void {
    this.turn++;
    this.watch?.disconnect();
    this.place.replaceChildren();
    this.place.style.backgroundImage = '';
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = '';
  }

  async show(scale: number): Promise<void> {
    if (this.place.firstChild) return;
    const turn = ++this.turn;
    try {
      const viewport = this.page.getViewport({ scale });
      const content = await this.page.getTextContent({ disableNormalization: true });
      if (turn !== this.turn) return;
      const items = content.items.filter((i): i is TextItem => 'str' in i);
      if (items.length > mostPieces) throw new Error('too much text');
      const { layer, pieces } = layOut(items, viewport, content.styles);
      this.place.append(layer);
      stretch(pieces);
      await painted();
      const picture = await this.draw(scale, pieces);
      if (turn !== this.turn) return;
      this.url = URL.createObjectURL(picture);
      this.place.style.backgroundImage = `url(${this.url})`;
      this.coverLater(layer, pieces);
    } catch {
      if (turn !== this.turn) return;
      const word = document.createElement('p');
      word.textContent = t('pageBroken');
      this.place.replaceChildren(word);
    }
  }

  /** The page's picture without what is masked. Comments and form fields have text of their own that no mask sees: they are left out. */
  private async draw(scale: number, pieces: Piece[]): Promise<Blob> {
    const size = this.page.getViewport({ scale });
    const dense = Math.min(devicePixelRatio, Math.sqrt(mostPixels / (size.width * size.height)));
    const viewport = this.page.getViewport({ scale: scale * dense });
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
  private coverLater(layer: HTMLElement, pieces: Piece[]): void {
    const covered = new Set<Piece>();
    const look = () => {
      for (const p of pieces) {
        if (covered.has(p) || !isMasked(p)) continue;
        covered.add(p);
        const box = document.createElement('div');
        box.className = 'cover';
        box.style.cssText = `left:${p.box.x}px;top:${p.box.y}px;width:${p.box.w}px;height:${p.box.h}px`;
        this.place.insertBefore(box, layer);
      }
    };
    look();
    this.watch = new MutationObserver(look);
    this.watch.observe(layer, { attributes: true, subtree: true });
    this.watch.observe(document.documentElement, { attributes: true }); // other sheets stand
  }
}

class Viewer {
  private zoom = zooms.indexOf(1);
  private readonly near = new Set<Sheet>();
  private readonly sheets = new Map<Element, Sheet>();
  private readonly widest: number;

  constructor(pages: PDFPageProxy[]) {
    this.widest = Math.max(...pages.map((p) => p.getViewport({ scale: 1 }).width));
    const eye = new IntersectionObserver((entries) => this.moved(entries), { rootMargin: '100% 0px' });
    pages.forEach((page, i) => {
      const sheet = new Sheet(page, i + 1, pages.length);
      this.sheets.set(sheet.place, sheet);
      main.append(sheet.place);
    });
    this.resize();
    for (const place of this.sheets.keys()) eye.observe(place);
    element('smaller').onclick = () => this.step(-1);
    element('larger').onclick = () => this.step(1);
    addEventListener('resize', () => this.resize());
    addEventListener('scroll', () => this.tell(), { passive: true });
    header.hidden = false;
    this.tell();
  }

  /** As wide as the window, but no larger than half as much again as on paper. */
  private scale(): number {
    const fit = (document.documentElement.clientWidth - 24) / this.widest;
    return Math.min(fit, 1.5) * (zooms[this.zoom] ?? 1);
  }

  private step(by: number): void {
    const before = document.documentElement.scrollHeight;
    this.zoom = Math.min(zooms.length - 1, Math.max(0, this.zoom + by));
    const at = scrollY + innerHeight / 2;
    this.resize();
    scrollTo({ top: (at * document.documentElement.scrollHeight) / before - innerHeight / 2, behavior: 'instant' });
  }

  private resize(): void {
    for (const sheet of this.sheets.values()) sheet.resize(this.scale());
    for (const sheet of this.near) void sheet.show(this.scale());
    (element('smaller') as HTMLButtonElement).disabled = this.zoom === 0;
    (element('larger') as HTMLButtonElement).disabled = this.zoom === zooms.length - 1;
  }

  private moved(entries: IntersectionObserverEntry[]): void {
    for (const e of entries) {
      const sheet = this.sheets.get(e.target) as Sheet;
      if (e.isIntersecting) {
        this.near.add(sheet);
        void sheet.show(this.scale());
      } else if (this.near.delete(sheet)) sheet.drop();
    }
  }

  private tell(): void {
    const places = [...this.sheets.keys()];
    const n = places.findIndex((p) => p.getBoundingClientRect().bottom > innerHeight / 2);
    element('where').textContent = t('page', { n: n < 0 ? places.length : n + 1, m: places.length });
  }
}

/** Pages beyond this are not listed: each takes a place on the sheet of all. */
const mostPages = 2000;

async function pagesOf(pdf: PDFDocumentProxy): Promise<PDFPageProxy[]> {
  const pages: PDFPageProxy[] = [];
  for (let n = 1; n <= Math.min(pdf.numPages, mostPages); n++) pages.push(await pdf.getPage(n));
  return pages;
}

async function open(): Promise<void> {
  document.documentElement.lang = tag;
  element('smaller').setAttribute('aria-label', t('smaller'));
  element('larger').setAttribute('aria-label', t('larger'));
  const word = element('word');
  if (element('document').dataset.problem) {
    word.textContent = t('tooLarge');
    return;
  }
  word.textContent = t('opening');
  GlobalWorkerOptions.workerSrc = URL.createObjectURL(new Blob([bytesOf('worker')], { type: 'text/javascript' }));
  const loading = getDocument({ data: bytesOf('document'), enableXfa: false, useWasm: false, isEvalSupported: false, stopAtErrors: false } as Parameters<typeof getDocument>[0]);
  let locked = false;
  loading.onPassword = (_: unknown, reason: number) => {
    locked = reason === PasswordResponses.NEED_PASSWORD;
    void loading.destroy();
  };
  try {
    const pages = await pagesOf(await loading.promise);
    word.textContent = '';
    new Viewer(pages);
  } catch {
    word.textContent = t(locked ? 'locked' : 'broken');
  }
}

void open();
