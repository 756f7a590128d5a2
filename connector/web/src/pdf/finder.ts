// The search bar. Each search asks the masks anew about each page: what they hide is neither counted nor shown.
import type { Translate } from '../i18n/index';
import { foldedQuery, matchesIn, type Match } from './find';
import { painted, type Sheet, type View } from './sheet';
import { isMasked } from './text';

const atATime = 8; // pages whose text is laid out together
const mostFound = 1000;
const pause = 250; // of typing, in ms

interface Found { sheet: Sheet; match: Match }

export interface Reading { sheets: Sheet[]; view(): View; at(): Sheet; goTo(sheet: Sheet): void }

type Words = 'finding' | 'nothing' | 'found' | 'foundMost';

export class Finder {
  private readonly bar = document.getElementById('find') as HTMLElement;
  private readonly query = document.getElementById('query') as HTMLInputElement;
  private readonly told = document.getElementById('found') as HTMLElement;
  private found: Found[] = [];
  private current = -1;
  private search = 0;
  private typed = 0;

  constructor(private readonly reading: Reading, private readonly t: Translate<Words>) {
    this.query.oninput = () => {
      this.forget();
      this.tell(true);
      clearTimeout(this.typed);
      this.typed = window.setTimeout(() => void this.look(), pause);
    };
    this.bar.onkeydown = (e) => {
      if (e.key === 'Enter' && e.target === this.query) this.step(e.shiftKey ? -1 : 1);
      else if (e.key === 'Escape') this.close();
      else return;
      e.preventDefault();
    };
    button('next').onclick = () => this.step(1);
    button('previous').onclick = () => this.step(-1);
    button('done').onclick = () => this.close();
    addEventListener('keydown', (e) => {
      if (e.key.toLowerCase() !== 'f' || !(e.ctrlKey || e.metaKey)) return;
      e.preventDefault();
      this.open();
    });
  }

  toggle(): void {
    if (this.bar.hidden) this.open();
    else this.close();
  }

  private open(): void {
    this.bar.hidden = false;
    button('search').setAttribute('aria-expanded', 'true');
    this.query.select();
    this.query.focus();
    if (!this.found.length) void this.look();
  }

  private close(): void {
    this.bar.hidden = true;
    button('search').setAttribute('aria-expanded', 'false');
    button('search').focus();
    this.forget();
  }

  private forget(): void {
    this.search++;
    for (const sheet of new Set(this.found.map((f) => f.sheet))) sheet.highlight([], undefined);
    this.found = [];
    this.current = -1;
    this.tell(false);
  }

  private async look(): Promise<void> {
    this.forget();
    const query = this.query.value;
    if (!foldedQuery(query)) return;
    const search = this.search;
    const { sheets } = this.reading;
    const from = sheets.indexOf(this.reading.at());
    this.tell(true);
    for (let i = 0; i < sheets.length && this.found.length < mostFound; i += atATime) {
      const found = await this.matchesOn(sheets.slice(i, i + atATime), query);
      if (search !== this.search) return;
      this.found.push(...found);
      if (this.current < 0) this.current = this.found.findIndex((f) => sheets.indexOf(f.sheet) >= from);
      this.mark(found.map((f) => f.sheet));
      this.tell(true);
    }
    if (this.current < 0 && this.found.length) this.go(0);
    this.tell(false);
  }

  /** What is found on some pages. Whether they hold the words or not, the masks look at them first. */
  private async matchesOn(sheets: Sheet[], query: string): Promise<Found[]> {
    const laid = await Promise.all(sheets.map(async (sheet) => ({ sheet, text: await sheet.layOutText(sheet.viewport(this.reading.view())).catch(() => undefined) })));
    await painted();
    return laid.flatMap(({ sheet, text }) => {
      if (!text) return [];
      const pieces = text.pieces.map((p) => ({ text: p.span.textContent ?? '', startsLine: p.startsLine, hidden: isMasked(p) }));
      text.layer.remove();
      return matchesIn(pieces, query).map((match) => ({ sheet, match }));
    });
  }

  private step(by: number): void {
    if (this.found.length) this.go((this.current + by + this.found.length) % this.found.length);
    else void this.look();
  }

  private go(to: number): void {
    const left = this.found[this.current]?.sheet;
    this.current = to;
    const { sheet } = this.found[to] as Found;
    this.mark(left ? [left, sheet] : [sheet]);
    this.tell(false);
  }

  private mark(sheets: Sheet[]): void {
    const current = this.found[this.current];
    if (current && sheets.includes(current.sheet)) this.reading.goTo(current.sheet);
    for (const sheet of new Set(sheets)) sheet.highlight(this.found.filter((f) => f.sheet === sheet).map((f) => f.match), current?.match);
  }

  private tell(busy: boolean): void {
    const { t, found } = this;
    const counted = { n: this.current + 1, m: found.length };
    if (!foldedQuery(this.query.value) || this.bar.hidden) this.told.textContent = '';
    else if (!found.length) this.told.textContent = t(busy ? 'finding' : 'nothing');
    else this.told.textContent = t(found.length < mostFound ? 'found' : 'foundMost', counted);
    for (const id of ['next', 'previous']) button(id).disabled = found.length < 2;
  }
}

function button(id: string): HTMLButtonElement {
  return document.getElementById(id) as HTMLButtonElement;
}
