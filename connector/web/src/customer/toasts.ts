import { h } from './dom';

const stays = 7_000;

/** Short messages over the shared page; screen readers speak them. The same text twice is shown once, for longer. */
export class Toasts {
  readonly element = h('div', { class: 'toasts', role: 'status' });
  private readonly shown = new Map<string, { element: HTMLElement; timer: ReturnType<typeof setTimeout> }>();

  show(text: string): void {
    const before = this.shown.get(text);
    if (before) clearTimeout(before.timer);
    const element = before?.element ?? h('p', {}, text);
    if (!before) this.element.append(element);
    this.shown.set(text, { element, timer: setTimeout(() => this.take(text), stays) });
  }

  private take(text: string): void {
    this.shown.get(text)?.element.remove();
    this.shown.delete(text);
  }
}
