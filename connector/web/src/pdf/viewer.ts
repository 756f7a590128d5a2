// Shows a PDF inside the shared browser. A PDF is kept private as any page is: see sheet.ts. The service puts this page in the place of
// the file.
import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy, type PDFPageProxy } from 'pdfjs-dist';
import en from '../i18n/pdf.en.json';
import ptBR from '../i18n/pdf.pt-BR.json';
import { language } from '../i18n/index';
import { offerCopy } from './copy';
import { Finder } from './finder';
import { Panel } from './panel';
import { askForPassword } from './password';
import { Sheet, type View } from './sheet';
import { keepFilled, surfaceOf } from './surface';

const { tag, t } = language({ en, 'pt-BR': ptBR }, navigator.languages);
const zooms = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3];

const element = (id: string) => document.getElementById(id) as HTMLElement;
const header = document.querySelector('header') as HTMLElement;
const main = document.querySelector('main') as HTMLElement;

function bytesOf(id: string): Uint8Array<ArrayBuffer> {
  const script = element(id);
  const text = atob(script.textContent.trim());
  script.remove();
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

class Viewer {
  private zoom = zooms.indexOf(1);
  private turned = 0;
  private readonly near = new Set<Sheet>();
  private readonly sheets: Sheet[];
  private readonly places = new Map<Element, Sheet>();
  private readonly panel: Panel;

  constructor(private readonly pdf: PDFDocumentProxy, pages: PDFPageProxy[], outline: Awaited<ReturnType<PDFDocumentProxy['getOutline']>>) {
    const goTo = (dest: string | unknown[]) => void this.goTo(dest);
    this.sheets = pages.map((page) => new Sheet(page, { word: t('pageBroken'), surface: (page, viewport) => surfaceOf(pdf, page, viewport, goTo) }));
    const label = (i: number) => t('page', { n: i + 1, m: pages.length });
    this.panel = new Panel({ pages, goTo, label, goToPage: (i) => this.goToSheet(this.sheets[i]), word: '' }, outline, () => this.resize());
    this.sheets.forEach((sheet, i) => {
      sheet.place.setAttribute('role', 'region');
      sheet.place.setAttribute('aria-label', label(i));
      this.places.set(sheet.place, sheet);
      main.append(sheet.place);
    });
    this.resize();
    const eye = new IntersectionObserver((entries) => this.moved(entries), { rootMargin: '100% 0px' });
    for (const { place } of this.sheets) eye.observe(place);
    this.listen();
    header.hidden = false;
    this.tell();
  }

  private listen(): void {
    const { sheets } = this;
    const finder = new Finder({ sheets, view: () => this.view(), at: () => sheets[this.at()] as Sheet, goTo: (s) => this.goToSheet(s) }, t);
    element('search').onclick = () => finder.toggle();
    element('smaller').onclick = () => this.step(-1);
    element('larger').onclick = () => this.step(1);
    element('turn').onclick = () => this.change(() => (this.turned = (this.turned + 90) % 360));
    offerCopy(this.pdf, element('copy') as HTMLAnchorElement);
    keepFilled(this.pdf, main);
    addEventListener('resize', () => this.resize());
    addEventListener('scroll', () => this.tell(), { passive: true });
  }

  /** As wide as the window, but no larger than half as much again as on paper. */
  private view(): View {
    const turned = this.turned;
    const widest = Math.max(...this.sheets.map((s) => s.viewport({ scale: 1, turned }).width));
    const fit = (document.documentElement.clientWidth - this.panel.width - 24) / widest;
    return { scale: Math.min(fit, 1.5) * (zooms[this.zoom] ?? 1), turned };
  }

  private step(by: number): void {
    const before = document.documentElement.scrollHeight;
    this.zoom = Math.min(zooms.length - 1, Math.max(0, this.zoom + by));
    const at = scrollY + innerHeight / 2;
    this.resize();
    scrollTo({ top: (at * document.documentElement.scrollHeight) / before - innerHeight / 2, behavior: 'instant' });
  }

  /** Changes how pages lie; people stay on theirs. */
  private change(what: () => void): void {
    const sheet = this.sheets[this.at()];
    what();
    this.resize();
    this.goToSheet(sheet);
  }

  private resize(): void {
    const view = this.view();
    for (const sheet of this.sheets) sheet.resize(view);
    for (const sheet of this.near) void sheet.show(view);
    (element('smaller') as HTMLButtonElement).disabled = this.zoom === 0;
    (element('larger') as HTMLButtonElement).disabled = this.zoom === zooms.length - 1;
  }

  private moved(entries: IntersectionObserverEntry[]): void {
    for (const e of entries) {
      const sheet = this.places.get(e.target) as Sheet;
      if (e.isIntersecting) {
        this.near.add(sheet);
        void sheet.show(this.view());
      } else if (this.near.delete(sheet)) sheet.drop();
    }
  }

  private goToSheet(sheet: Sheet | undefined, down = 0): void {
    if (sheet) scrollTo({ top: sheet.place.offsetTop + down - 12, behavior: 'instant' });
  }

  /** Goes where a link or an entry of the table of contents leads: a page, and often a height on it. */
  private async goTo(dest: string | unknown[]): Promise<void> {
    const place = typeof dest === 'string' ? await this.pdf.getDestination(dest) : dest;
    if (!place) return;
    const [page, kind, x, y] = place as [{ num: number; gen: number } | number, { name: string }, number | null, number | null];
    const index = typeof page === 'number' ? page : await this.pdf.getPageIndex(page);
    const height = kind?.name === 'XYZ' ? y : kind?.name === 'FitH' ? x : null;
    const sheet = this.sheets[index];
    const down = sheet && height !== null ? sheet.viewport(this.view()).convertToViewportPoint(0, height)[1] : 0;
    this.goToSheet(sheet, this.turned ? 0 : down);
  }

  private at(): number {
    const n = this.sheets.findIndex((s) => s.place.getBoundingClientRect().bottom > innerHeight / 2);
    return n < 0 ? this.sheets.length - 1 : n;
  }

  private tell(): void {
    const at = this.at();
    element('where').textContent = t(this.pdf.numPages > mostPages ? 'pageOfFirst' : 'page', { n: at + 1, m: this.sheets.length, all: this.pdf.numPages });
    this.panel.at(at);
  }
}

/** Pages beyond this are not listed: each takes a place on the sheet of all. People are told. */
const mostPages = 2000;

async function pagesOf(pdf: PDFDocumentProxy): Promise<PDFPageProxy[]> {
  const pages: PDFPageProxy[] = [];
  for (let n = 1; n <= Math.min(pdf.numPages, mostPages); n++) pages.push(await pdf.getPage(n));
  return pages;
}

/** The worker stands in the page packed, with all its files. */
async function unpackWorker(): Promise<string> {
  const script = new Blob([bytesOf('worker')]).stream().pipeThrough(new DecompressionStream('gzip'));
  return URL.createObjectURL(new Blob([await new Response(script).arrayBuffer()], { type: 'text/javascript' }));
}

function say(): void {
  document.documentElement.lang = tag;
  for (const e of document.querySelectorAll('[data-label]')) e.setAttribute('aria-label', t((e as HTMLElement).dataset.label as keyof typeof en));
  for (const e of document.querySelectorAll('[data-text]')) e.textContent = t((e as HTMLElement).dataset.text as keyof typeof en);
}

async function open(): Promise<void> {
  say();
  const word = element('word');
  if (element('document').dataset.problem) {
    word.textContent = t('tooLarge');
    return;
  }
  word.textContent = t('opening');
  GlobalWorkerOptions.workerSrc = await unpackWorker();
  const loading = getDocument({
    data: bytesOf('document'), enableXfa: false, isEvalSupported: false, stopAtErrors: false,
    useWorkerFetch: true, wasmUrl: 'wasm/', iccUrl: 'iccs/', cMapUrl: 'cmaps/', standardFontDataUrl: 'standard_fonts/',
  } as Parameters<typeof getDocument>[0]);
  askForPassword(loading, word, t);
  try {
    const pdf = await loading.promise;
    const pages = await pagesOf(pdf);
    const outline = await pdf.getOutline().catch(() => []);
    word.textContent = '';
    new Viewer(pdf, pages, outline);
  } catch {
    word.textContent = t('broken');
  }
}

void open();
