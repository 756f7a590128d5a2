// A date, a time or a colour for a field of the shared page: this device's own picker, over the field's place.
import type { Ask } from '../live';
import { h } from '../ui/dom';
import type { Asking, AskKey } from './asks';

export function picker(ask: Ask, { t, answer }: Asking): HTMLElement {
  const label = t(`ask.${ask.kind}` as AskKey);
  const input = h('input', {
    type: ask.kind, value: ask.default ?? '', min: ask.min || undefined, max: ask.max || undefined, step: ask.step || undefined, 'data-first': true, 'aria-label': label,
  });
  const form = h('form', {
    class: 'ask ask-drop ask-picker', role: 'dialog', 'aria-label': label,
    onsubmit: (e) => {
      e.preventDefault();
      answer([input.value]);
    },
  }, h('label', {}, label, input), h('div', { class: 'ask-actions' },
    ask.kind !== 'color' && h('button', { type: 'button', onclick: () => answer(['']) }, t('ask.clear')),
    h('button', { type: 'button', onclick: () => answer() }, t('ask.cancel')),
    h('button', { class: 'primary', type: 'submit' }, t('ask.set'))));
  return form;
}
