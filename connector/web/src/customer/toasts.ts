import { h } from '../ui/dom';

const stays = 7_000;
/** More would hide a phone's page. */
const atOnce = 3;

/** Short messages over the shared page; screen readers speak them. The same text twice is shown once, for longer; old ones make room. */
export class Toasts {
  readonly element = h('div', { class: 'toasts', role: 'status' });
  private readonly shown = new Map<string, { element: HTMLElement; timer: ReturnType<typeof setTimeout> }>();

  show(text: string): void {
    const before = this.shown.get(text);
    if (before) clearTimeout(before.timer);
    const element = before?.element ?? h('p', {}, text);
    if (!before) this.element.append(element);
    this.shown.set(text, { element, timer: setTimeout(() => this.take(text), stays) });
    for (const old of [...this.shown.keys()].slice(0, -atOnce)) this.take(old);
  }

  private take(text: string): void {
    const gone = this.shown.get(text);
    clearTimeout(gone?.timer);
    gone?.element.remove();
    this.shown.delete(text);
  }
}
