// What the shared page asks outside of its picture: dialogs, lists, dates, passwords. One question at a time, over the page.
import type { Ask, ClientMessage, Rect, Role, ServerMessage } from '../live';
import type { Translate } from '../i18n';
import { h } from '../ui/dom';
import { card } from './card';
import { external } from './external';
import { list } from './list';
import { picker } from './picker';

export type AskKey =
  | 'ask.says' | 'ask.ok' | 'ask.cancel' | 'ask.asks' | 'ask.leave' | 'ask.leaveWhat' | 'ask.leaveYes' | 'ask.leaveNo' | 'ask.login' | 'ask.user'
  | 'ask.password' | 'ask.signIn' | 'ask.private' | 'ask.onlyCustomer' | 'ask.onlyCustomerYes' | 'ask.customerSignsIn' | 'ask.choosing' | 'ask.choose'
  | 'ask.done' | 'ask.set' | 'ask.clear' | 'ask.date' | 'ask.time' | 'ask.datetime-local' | 'ask.month' | 'ask.week' | 'ask.color' | 'ask.external' | 'ask.externalOpen' | 'ask.externalOthers' | 'ask.stuck' | 'ask.stuckWhat' | 'ask.stuckWait';

interface Options {
  t: Translate<AskKey>;
  send: (message: ClientMessage) => boolean;
  /** Where a rectangle of the page stands in this element. */
  place: (rect: Rect) => Rect;
  /** Gives the keyboard back to the page. */
  leave: () => void;
  /** What this person calls somebody. */
  person: (role: Role) => string;
}

/** What a question's element is made with: undefined puts it aside. */
export interface Asking { t: Translate<AskKey>; answer: (values?: string[]) => void; person: (role: Role) => string }

/** Questions in which the page stands still. */
const holding = new Set<Ask['kind']>(['alert', 'confirm', 'prompt', 'leave', 'login']);
/** Room between a field and what drops down from it. */
const gap = 4;

/** Fills the stage. Needs asks.css. */
export class Asks {
  readonly element = h('div', { class: 'asks' });
  private readonly waiting = new Map<string, Ask>();
  private shown: { ask: Ask; element: HTMLElement } | undefined;

  constructor(private readonly options: Options) {}

  handle(message: ServerMessage): void {
    if (message.type === 'welcome' || message.type === 'ended') this.waiting.clear();
    else if (message.type === 'ask') this.waiting.set(message.id, message);
    else if (message.type === 'askGone') this.waiting.delete(message.id);
    else return;
    this.show();
  }

  /** The page has another place or size on the screen. */
  arrange(): void {
    if (!this.shown || holding.has(this.shown.ask.kind)) return;
    const { ask, element } = this.shown;
    const field = this.options.place(ask.rect);
    const { clientWidth: width, clientHeight: height } = this.element;
    const below = field.y + field.h + gap;
    const fits = below + element.offsetHeight <= height;
    const y = fits ? below : Math.max(gap, field.y - gap - element.offsetHeight);
    const x = Math.max(gap, Math.min(field.x, width - element.offsetWidth - gap));
    element.style.setProperty('--x', `${x}px`);
    element.style.setProperty('--y', `${y}px`);
  }

  private show(): void {
    const all = [...this.waiting.values()];
    const next = all.find((a) => holding.has(a.kind)) ?? all.at(-1);
    if (next === this.shown?.ask) return;
    const focused = this.element.contains(document.activeElement);
    this.shown?.element.remove();
    this.shown = next && { ask: next, element: this.make(next) };
    this.element.classList.toggle('holds', next !== undefined && holding.has(next.kind));
    if (this.shown) this.open(this.shown.ask, this.shown.element);
    else if (focused) this.options.leave();
  }

  private open(ask: Ask, element: HTMLElement): void {
    this.element.append(element);
    this.arrange();
    const first = ask.may ? element.querySelector<HTMLElement>('[data-first]') : null;
    first?.focus();
    if (first instanceof HTMLInputElement) first.select();
  }

  private make(ask: Ask): HTMLElement {
    const { t, person } = this.options;
    const asking = { t, person, answer: (values?: string[]) => this.answer(ask, values) };
    const element = holding.has(ask.kind) || ask.kind === 'stuck' ? card(ask, asking) : ask.may !== 'all' ? this.others(ask) : dropped(ask, asking);
    element.dataset['ask'] = ask.kind;
    element.addEventListener('keydown', (e) => {
      if (e.key === 'Escape' && ask.may) this.answer(ask);
      e.stopPropagation();
    });
    return element;
  }

  /** Somebody else has a list open. */
  private others(ask: Ask): HTMLElement {
    const { t, person } = this.options;
    const says = ask.kind === 'external' ? t('ask.externalOthers') : t('ask.choosing', { person: person(ask.by || 'customer') });
    return h('p', { class: 'ask ask-drop ask-others', role: 'status' }, says);
  }

  private answer(ask: Ask, values?: string[]): void {
    if (!this.options.send({ type: 'answer', id: ask.id, ok: values !== undefined, values: values ?? [] })) return;
    this.waiting.delete(ask.id);
    this.show();
  }
}

function dropped(ask: Ask, asking: Asking): HTMLElement {
  if (ask.kind === 'external') return external(ask, asking);
  return ask.kind === 'choose' || ask.kind === 'suggest' ? list(ask, asking) : picker(ask, asking);
}
