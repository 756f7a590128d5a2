// The list of pages beside the document, with its table of contents where it has one. Its small pictures are sheets as the large ones.
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import { Sheet } from './sheet';
import type { GoTo } from './surface';

const pictureWidth = 132;
const mostEntries = 1000; // of a table of contents

type Entry = Awaited<ReturnType<PDFDocumentProxy['getOutline']>>[number];

interface Reading { pages: PDFPageProxy[]; goTo: GoTo; goToPage(index: number): void; label(index: number): string; word: string }

export class Panel {
  readonly element = document.getElementById('panel') as HTMLElement;
  private readonly button = document.getElementById('pages') as HTMLElement;
  private readonly sheets = new Map<Element, Sheet>();
  private readonly buttons: HTMLButtonElement[] = [];
  private listed = 0;

  constructor(private readonly reading: Reading, outline: Entry[] | null, private readonly moved: () => void) {
    if (outline?.length) this.element.append(this.contents(outline));
    this.element.append(this.pictures());
    this.button.onclick = () => this.open(!!this.element.hidden);
    this.element.onkeydown = (e) => { if (e.key === 'Escape') this.open(false); };
  }

  /** How much of the window's width it takes from the document: none where there is no room, there it lies over it. */
  get width(): number {
    return this.element.hidden || innerWidth < 700 ? 0 : this.element.offsetWidth;
  }

  private open(open: boolean): void {
    this.element.hidden = !open;
    this.button.setAttribute('aria-expanded', String(open));
    document.body.style.paddingLeft = `${this.width}px`;
    this.moved();
    const focused = open ? this.element.querySelector<HTMLElement>('[aria-current]') : this.button;
    focused?.focus({ preventScroll: true });
  }

  private chosen(go: () => void): void {
    if (innerWidth < 700) this.open(false);
    go();
  }

  private contents(entries: Entry[]): HTMLElement {
    const list = document.createElement('ol');
    list.className = 'contents';
    for (const entry of entries) {
      if (++this.listed > mostEntries) break;
      const item = list.appendChild(document.createElement('li'));
      const button = item.appendChild(document.createElement('button'));
      button.type = 'button';
      button.textContent = entry.title;
      const dest = entry.dest;
      if (dest) button.onclick = () => this.chosen(() => this.reading.goTo(dest));
      else button.disabled = true;
      if (entry.items.length) item.append(this.contents(entry.items));
    }
    return list;
  }

  private pictures(): HTMLElement {
    const list = document.createElement('ol');
    list.className = 'pictures';
    const eye = new IntersectionObserver((entries) => {
      for (const e of entries) {
        const sheet = this.sheets.get(e.target) as Sheet;
        if (e.isIntersecting) void sheet.show(small(sheet.page));
        else sheet.drop();
      }
    }, { root: this.element, rootMargin: '50% 0px' });
    this.reading.pages.forEach((page, i) => {
      const button = list.appendChild(document.createElement('li')).appendChild(document.createElement('button'));
      button.type = 'button';
      button.setAttribute('aria-label', this.reading.label(i));
      const sheet = new Sheet(page, { word: '' });
      sheet.resize(small(page));
      this.sheets.set(sheet.place, sheet);
      button.append(sheet.place, String(i + 1));
      button.onclick = () => this.chosen(() => this.reading.goToPage(i));
      this.buttons.push(button);
      eye.observe(sheet.place);
    });
    return list;
  }

  /** Marks the page that people are on. */
  at(index: number): void {
    for (const old of this.element.querySelectorAll('[aria-current]')) old.removeAttribute('aria-current');
    const button = this.buttons[index];
    button?.setAttribute('aria-current', 'page');
    if (!this.element.hidden) button?.scrollIntoView({ block: 'nearest' });
  }
}

const small = (page: PDFPageProxy) => ({ scale: pictureWidth / page.getViewport({ scale: 1 }).width, turned: 0 });
