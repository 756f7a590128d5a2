// The locks on the page and the card that explains them.
import type { LayerItem } from '../live';
import { customerKey, type CustomerKey, type Translate } from '../i18n';
import { h, icon } from '../ui/dom';
import { locksFor, mayShow, reasonsOf, type Lock } from './locks';

export interface LockEvents {
  agent: () => string;
  /** Whether the company lets the customer show hidden pictures to both. */
  mayReveal: () => boolean;
  reveal: (item: string, on: boolean) => void;
  /** The person is done with the locks. */
  leave: () => void;
}

const mostReasons = 3;
/** On its way from the lock to the card the mouse is on neither. */
const grace = 250;

export class LockView {
  private readonly bar: HTMLElement;
  private readonly card: HTMLElement;
  private readonly shown = new Map<string, { button: HTMLButtonElement; lock: Lock }>();
  private open = '';
  /** Opened by a press: it stays until another one. What the mouse or the keyboard only came by closes when they leave. */
  private pinned = false;
  private closing: ReturnType<typeof setTimeout> | undefined;
  /** What was asked of the service and not answered yet. */
  private readonly asked = new Map<string, boolean>();
  private readonly outside = new AbortController();

  /** `overlay` has the page's coordinates, `room` the screen's. */
  constructor(private readonly overlay: HTMLElement, private readonly room: HTMLElement, private readonly t: Translate, private readonly events: LockEvents) {
    this.bar = h('div', { class: 'locks', role: 'toolbar', hidden: true, onkeydown: (e) => this.key(e as KeyboardEvent) });
    this.card = h('div', {
      class: 'lock-card', role: 'dialog', 'aria-labelledby': 'lock-what', hidden: true, onkeydown: (e) => { if ((e as KeyboardEvent).key === 'Escape') this.back(); },
      onpointerenter: () => clearTimeout(this.closing), onpointerleave: () => this.closeSoon(),
      onfocusout: (e) => this.left((e as FocusEvent).relatedTarget),
    });
    overlay.append(this.bar);
    room.append(this.card);
    document.addEventListener('pointerdown', (e) => {
      if (!this.card.contains(e.target as Node) && !this.bar.contains(e.target as Node)) this.close();
    }, { signal: this.outside.signal, capture: true });
  }

  destroy(): void {
    this.outside.abort();
    clearTimeout(this.closing);
    this.card.remove();
  }

  show(items: readonly LayerItem[], scale: number): void {
    for (const item of items) if (this.asked.get(item.id) === (item.shown === true)) this.asked.delete(item.id);
    const locks = locksFor(items, scale, this.overlay.clientWidth);
    const gone = new Set(this.shown.keys());
    for (const lock of locks) {
      gone.delete(lock.id);
      this.place(lock);
    }
    for (const id of gone) this.remove(id);
    this.bar.hidden = locks.length === 0;
    this.bar.setAttribute('aria-label', this.summary(locks));
    this.oneTabStop();
    const open = this.shown.get(this.open);
    if (open) this.fill(open.lock);
    else this.close();
  }

  /** While what they stand on moves, they are not there. */
  hide(moving: (id: string) => boolean): void {
    for (const { button, lock } of this.shown.values()) button.classList.toggle('lock-moving', lock.items.some((i) => moving(i.id)));
  }

  /** The service would not. */
  refused(): void {
    this.asked.clear();
    const open = this.shown.get(this.open);
    if (open) this.fill(open.lock);
  }

  private place(lock: Lock): void {
    const button = this.shown.get(lock.id)?.button ?? this.add(lock.id);
    button.style.transform = `translate(${lock.x}px, ${lock.y}px) scale(var(--live-unscale, 1)) translate(-50%, -50%)`;
    const both = lock.items.every((i) => i.shown);
    if (button.classList.contains('lock-both') !== both || !button.firstChild) button.replaceChildren(icon(both ? 'eye' : 'lock'));
    button.classList.toggle('lock-both', both);
    button.setAttribute('aria-label', `${this.t(both ? 'lock.both' : 'live.private')}: ${this.names(lock.items)}`);
    this.shown.set(lock.id, { button, lock });
  }

  private add(id: string): HTMLButtonElement {
    const button = h('button', {
      type: 'button', class: 'lock', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', tabindex: -1,
      onpointerdown: (e) => {
        e.stopPropagation(); // else the page under it would be pressed
        e.preventDefault(); // and the keyboard would leave the page
      },
      onpointerup: (e) => e.stopPropagation(),
      onclick: (e) => this.press(id, (e as MouseEvent).detail === 0),
      onpointerenter: (e) => { if ((e as PointerEvent).pointerType === 'mouse') this.explain(id, false); },
      onpointerleave: () => this.closeSoon(),
      onfocus: () => this.explain(id, false),
      onblur: () => this.closeSoon(),
    });
    this.bar.append(button);
    return button;
  }

  private remove(id: string): void {
    this.shown.get(id)?.button.remove();
    this.shown.delete(id);
  }

  private press(id: string, byKey: boolean): void {
    if (this.open === id && this.pinned && !byKey) this.close();
    else this.explain(id, true);
    if (byKey) this.card.querySelector('button')?.focus();
  }

  private explain(id: string, pinned: boolean): void {
    const found = this.shown.get(id);
    if (!found) return;
    clearTimeout(this.closing);
    if (this.open !== id) this.close();
    this.open = id;
    this.pinned = this.pinned || pinned;
    found.button.setAttribute('aria-expanded', 'true');
    this.fill(found.lock);
  }

  private closeSoon(): void {
    clearTimeout(this.closing);
    this.closing = setTimeout(() => {
      const inUse = this.pinned || this.holdsFocus() || this.card.matches(':hover');
      if (!inUse) this.close();
    }, grace);
  }

  private holdsFocus(): boolean {
    return this.card.contains(document.activeElement) || this.shown.get(this.open)?.button === document.activeElement;
  }

  /** The keyboard went on to something else. */
  private left(to: EventTarget | null): void {
    if (to instanceof Node && !this.card.contains(to) && !this.bar.contains(to)) this.close();
  }

  private close(): void {
    clearTimeout(this.closing);
    this.shown.get(this.open)?.button.setAttribute('aria-expanded', 'false');
    this.open = '';
    this.pinned = false;
    this.card.hidden = true;
  }

  private back(): void {
    const button = this.shown.get(this.open)?.button;
    const fromCard = this.card.contains(document.activeElement);
    this.close();
    if (fromCard && button) {
      button.focus();
      this.close();
    } else this.events.leave();
  }

  private fill({ items, x, y }: Lock): void {
    const { t } = this;
    const agent = this.events.agent();
    const both = items.every((i) => i.shown);
    const why = both ? [] : reasonsOf(items).slice(0, mostReasons).map((r) => t(this.whyKey(r)));
    const parts = [
      h('p', { id: 'lock-what' }, icon(both ? 'eye' : 'lock'), h('strong', {}, t(both ? 'lock.bothWhat' : items.every((i) => i.unread) ? 'lock.unreadWhat' : 'lock.what', { agent }))),
      ...why.map((text) => h('p', {}, text)), this.revealButton(items),
    ];
    const focused = this.card.contains(document.activeElement);
    this.card.replaceChildren(...parts.filter((p): p is HTMLElement => p instanceof HTMLElement));
    this.card.hidden = false;
    if (focused) this.card.querySelector('button')?.focus();
    this.putCard(x, y);
  }

  private revealButton(items: readonly LayerItem[]): HTMLElement | undefined {
    const pictures = this.events.mayReveal() ? items.filter(mayShow) : [];
    if (pictures.length === 0) return undefined;
    const on = !pictures.every((i) => i.shown);
    const waits = pictures.some((i) => this.asked.has(i.id));
    const { t } = this;
    return h('button', {
      type: 'button', class: 'lock-reveal', 'aria-disabled': waits && 'true', onclick: () => {
        if (waits) return;
        for (const { id } of pictures) {
          this.asked.set(id, on);
          this.events.reveal(id, on);
        }
        const open = this.shown.get(this.open);
        if (open) this.fill(open.lock);
      },
    }, icon(on ? 'eye' : 'eyeOff'), t(waits ? 'lock.asked' : on ? 'lock.reveal' : 'lock.hide'));
  }

  /** Beside its lock, within the room. */
  private putCard(x: number, y: number): void {
    const page = this.overlay.getBoundingClientRect();
    const room = this.room.getBoundingClientRect();
    const scale = page.width / Math.max(1, this.overlay.clientWidth);
    const left = page.left - room.left + x * scale;
    const top = page.top - room.top + y * scale;
    const { offsetWidth: width, offsetHeight: height } = this.card;
    const above = top - 12 - height >= 8; // where it does not cover what it explains
    this.card.style.left = `${Math.max(8, Math.min(left - width + 16, room.width - width - 8))}px`;
    this.card.style.top = `${Math.max(8, above ? top - height - 12 : Math.min(top + 12, room.height - height - 8))}px`;
  }

  private summary(locks: readonly Lock[]): string {
    const items = locks.flatMap((l) => l.items);
    return this.t('lock.summary', { agent: this.events.agent(), count: items.length, what: this.names(items) });
  }

  private names(items: readonly LayerItem[]): string {
    return reasonsOf(items).map((r) => this.t(customerKey('lock.name', r, 'lock.name.rule'))).filter((name, i, all) => all.indexOf(name) === i).join(', ');
  }

  private whyKey(reason: string): CustomerKey {
    return customerKey('lock.why', reason, 'lock.why.rule');
  }

  /** The locks are one stop for the Tab key; arrows go from one to the next. */
  private oneTabStop(): void {
    const buttons = [...this.shown.values()].map((s) => s.button);
    const current = buttons.find((b) => b === document.activeElement) ?? buttons.find((b) => b.tabIndex === 0) ?? buttons[0];
    for (const b of buttons) b.tabIndex = b === current ? 0 : -1;
  }

  private key(e: KeyboardEvent): void {
    const buttons = [...this.shown.values()].map((s) => s.button);
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    if (e.key === 'Escape') this.back();
    else if (step !== undefined && at >= 0) {
      buttons[(at + step + buttons.length) % buttons.length]?.focus();
      this.oneTabStop();
      e.preventDefault();
    }
  }
}
