// The slim bar over the shared page: where it is, who sees it, and Stop.
import { addressOf, type Tab } from '../live';
import type { Translate } from '../i18n';
import { h, icon } from '../ui/dom';
import { reorderable } from '../ui/reorder';

interface BarEvents {
  stop: () => void;
  sound: () => void;
  history: (delta: -1 | 0 | 1) => void;
  navigate: (url: string) => void;
  showTab: (id: string) => void;
  closeTab: (id: string) => void;
  moveTab: (id: string, to: number) => void;
  openTab: () => void;
}

export class Bar {
  readonly element: HTMLElement;
  readonly stopButton: HTMLButtonElement;
  private readonly status = h('p', { class: 'sees-status', role: 'status' });
  private readonly recording: HTMLElement;
  private readonly address: HTMLInputElement;
  private readonly backButton: HTMLButtonElement;
  private readonly forwardButton: HTMLButtonElement;
  private readonly tabsButton: HTMLButtonElement;
  private readonly soundButton: HTMLButtonElement;
  private readonly menu: HTMLElement;
  private readonly tabList = h('div');
  private current: Tab | undefined;
  private readonly outside = new AbortController();

  constructor(private readonly t: Translate, private readonly events: BarEvents, signal: HTMLElement) {
    this.stopButton = h('button', { class: 'stop', type: 'button', onclick: events.stop }, t('live.stop'));
    this.recording = h('span', { class: 'recording', hidden: true }, h('span', { class: 'rec', 'aria-hidden': true }), t('live.recording'));
    this.backButton = this.iconButton('back', t('live.back'), () => events.history(-1));
    this.forwardButton = this.iconButton('forward', t('live.forward'), () => events.history(1));
    this.address = h('input', {
      type: 'text', inputmode: 'url', enterkeyhint: 'go', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false',
      'aria-label': t('live.address'), onfocus: () => this.address.select(), onblur: () => this.showAddress(),
    });
    this.tabsButton = h('button', { class: 'tabs-button', type: 'button', 'aria-expanded': 'false', onclick: () => this.toggleMenu() });
    this.soundButton = h('button', { class: 'icon-button', type: 'button', hidden: true, onclick: events.sound });
    this.menu = h('div', { class: 'tabs-menu', hidden: true, onkeydown: (e) => this.menuKey(e as KeyboardEvent) },
      h('h2', {}, t('live.tabsHeading')), this.tabList,
      h('button', { type: 'button', class: 'new-tab', onclick: () => this.openTab() }, icon('add'), t('live.newTab')));
    reorderable(this.tabList, '.move-tab', (id, to) => events.moveTab(id, to));
    this.element = h('header', { class: 'bar' },
      h('div', { class: 'bar-status' }, this.recording, this.status),
      this.stopButton,
      h('nav', { class: 'bar-page', 'aria-label': t('live.address') },
        this.backButton, this.forwardButton, this.iconButton('reload', t('live.reload'), () => events.history(0)),
        h('form', { onsubmit: (e) => this.go(e) }, this.address),
        signal, this.soundButton, this.tabsButton, this.menu));
    this.setTabs([], '');
    document.addEventListener('pointerdown', (e) => {
      if (!this.menu.contains(e.target as Node) && !this.tabsButton.contains(e.target as Node)) this.closeMenu(false);
    }, { signal: this.outside.signal });
  }

  close(): void { this.outside.abort(); }

  setStatus(text: string, tone: 'seen' | 'unseen'): void {
    if (this.status.textContent !== text) this.status.replaceChildren(icon(tone === 'seen' ? 'eye' : 'eyeOff'), text);
    this.element.dataset['tone'] = tone;
  }

  setRecording(on: boolean): void { this.recording.hidden = !on; }

  /** Offers to turn the sound on or, once it is on, off. */
  setSound(on: boolean): void {
    const label = this.t(on ? 'live.soundOff' : 'live.soundOn');
    this.soundButton.hidden = false;
    this.soundButton.setAttribute('aria-label', label);
    this.soundButton.title = label;
    this.soundButton.replaceChildren(icon(on ? 'sound' : 'soundOff'));
  }

  setTabs(tabs: Tab[], shown: string): void {
    this.current = tabs.find((tab) => tab.id === shown);
    this.backButton.disabled = !this.current?.canBack;
    this.forwardButton.disabled = !this.current?.canForward;
    if (document.activeElement !== this.address) this.showAddress();
    this.element.classList.toggle('loading', this.current?.loading === true);
    const label = this.t('live.tabs', { count: tabs.length });
    this.tabsButton.textContent = String(tabs.length);
    this.tabsButton.setAttribute('aria-label', label);
    this.tabsButton.title = label;
    this.tabsButton.hidden = tabs.length === 0;
    this.fill(tabs.map((tab, i) => this.tabRow(tab, tab.id === shown, i)));
  }

  /** The list is made anew; what has the keyboard keeps it. */
  private fill(rows: HTMLElement[]): void {
    const at = document.activeElement;
    const focused = at instanceof HTMLElement && this.tabList.contains(at) ? { id: at.closest<HTMLElement>('[data-tab]')?.dataset['tab'], name: at.className } : undefined;
    this.tabList.replaceChildren(...rows);
    const row = focused && rows.find((r) => r.dataset['tab'] === focused.id);
    row?.querySelector<HTMLElement>(`[class="${focused?.name}"], .tab-show`)?.focus();
  }

  private tabRow(tab: Tab, shown: boolean, place: number): HTMLElement {
    const title = tab.title || host(tab.url) || this.t('live.newTab');
    return h('div', { class: 'tab-row', 'data-tab': tab.id },
      place > 0 && this.moveButton(title, () => this.events.moveTab(tab.id, place - 1)),
      h('button', { type: 'button', class: 'tab-show', 'aria-current': shown && 'true', onclick: () => { this.events.showTab(tab.id); this.closeMenu(true); } },
        tab.icon ? h('img', { src: tab.icon, alt: '' }) : icon('globe'), h('span', {}, title), h('small', {}, host(tab.url))),
      this.iconButton('close', this.t('live.closeTab', { title }), () => this.events.closeTab(tab.id)));
  }

  private moveButton(title: string, run: () => void): HTMLElement {
    const button = this.iconButton('up', this.t('live.moveTab', { title }), run);
    button.classList.add('move-tab');
    return button;
  }

  private openTab(): void {
    this.events.openTab();
    this.closeMenu(false);
    this.address.focus();
  }

  private showAddress(): void { this.address.value = this.current?.url ?? ''; }

  private go(e: Event): void {
    e.preventDefault();
    const url = addressOf(this.address.value);
    if (url) this.events.navigate(url);
    this.address.blur();
  }

  private toggleMenu(): void {
    this.menu.hidden = !this.menu.hidden;
    this.tabsButton.setAttribute('aria-expanded', String(!this.menu.hidden));
    if (!this.menu.hidden) this.menu.querySelector<HTMLElement>('[aria-current]')?.focus();
  }

  private closeMenu(focus: boolean): void {
    this.menu.hidden = true;
    this.tabsButton.setAttribute('aria-expanded', 'false');
    if (focus) this.tabsButton.focus();
  }

  private menuKey(e: KeyboardEvent): void {
    if (e.key === 'Escape') this.closeMenu(true);
  }

  private iconButton(name: Parameters<typeof icon>[0], label: string, run: () => void): HTMLButtonElement {
    return h('button', { class: 'icon-button', type: 'button', 'aria-label': label, title: label, onclick: run }, icon(name));
  }
}

function host(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
