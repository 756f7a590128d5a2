// A mail or a call that the shared page begins: the customer's own device goes on with it, when they say so.
import type { Ask } from '../live';
import { h } from '../ui/dom';
import type { Asking } from './asks';

/** As the service has it: nothing else is handed to a device. */
const schemes = /^(mailto|tel|sms|callto|sip|facetime|whatsapp|skype|msteams|geo|webcal):/i;

export function external(ask: Ask, { t, answer }: Asking): HTMLElement {
  const address = schemes.test(ask.default ?? '') ? ask.default ?? '' : '';
  const text = t('ask.external', { host: ask.host });
  return h('section', { class: 'ask ask-card', role: 'dialog', 'aria-label': text },
    h('h2', {}, text), h('p', { class: 'ask-message' }, readable(address)),
    h('div', { class: 'ask-actions' },
      h('button', { type: 'button', onclick: () => answer() }, t('ask.cancel')),
      address !== '' && h('a', { class: 'primary', href: address, target: '_blank', rel: 'noopener noreferrer', 'data-first': true, onclick: () => setTimeout(() => answer([])) }, t('ask.externalOpen'))));
}

function readable(address: string): string {
  const text = address.replace(/^[a-z]+:/i, '').replace(/\?.*$/s, '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
