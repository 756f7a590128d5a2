// A dialog of the shared page, as both people see it: who asks, what, and what this person may answer.
import type { Ask } from '../live';
import { h } from '../ui/dom';
import type { Asking } from './asks';

export function card(ask: Ask, asking: Asking): HTMLElement {
  const heading = headingOf(ask, asking);
  const body = ask.may === 'all' ? form(ask, asking) : h('div', {}, says(ask), h('p', { class: 'ask-who' }, whoAnswers(ask, asking)), aside(ask, asking));
  return h('section', { class: 'ask ask-card', role: ask.may ? 'alertdialog' : 'status', 'aria-label': heading, lang: document.documentElement.lang },
    h('h2', {}, heading), more(ask, asking), body);
}

function headingOf(ask: Ask, { t }: Asking): string {
  if (ask.kind === 'leave') return t('ask.leave');
  if (ask.kind === 'stuck') return t('ask.stuck');
  if (ask.kind === 'login') return t('ask.login', { host: ask.host });
  return ask.host ? t('ask.says', { host: ask.host }) : t('ask.asks');
}

function more(ask: Ask, { t }: Asking): HTMLElement | undefined {
  if (ask.kind === 'leave') return h('p', {}, t('ask.leaveWhat'));
  return ask.kind === 'stuck' ? h('p', {}, t('ask.stuckWhat')) : undefined;
}

function says(ask: Ask): HTMLElement | undefined {
  return ask.message && ask.kind !== 'leave' ? h('p', { class: 'ask-message' }, ask.message) : undefined;
}

function whoAnswers(ask: Ask, { t }: Asking): string {
  if (ask.kind === 'login') return t('ask.customerSignsIn');
  return t(ask.may === 'no' ? 'ask.onlyCustomerYes' : 'ask.onlyCustomer');
}

/** An agent may put aside what only the customer may agree to. */
function aside(ask: Ask, { t, answer }: Asking): HTMLElement | undefined {
  if (ask.may !== 'no') return undefined;
  return h('div', { class: 'ask-actions' }, h('button', { type: 'button', 'data-first': true, onclick: () => answer() }, t(ask.kind === 'leave' ? 'ask.leaveNo' : 'ask.cancel')));
}

function form(ask: Ask, { t, answer }: Asking): HTMLElement {
  const fields = fieldsOf(ask, t);
  const [yes, no] = wordsOf(ask, t);
  const form = h('form', {
    autocomplete: 'off',
    onsubmit: (e) => {
      e.preventDefault();
      answer(fields.map((f) => f.value));
    },
  },
  says(ask), ...fields.map((f) => f.parentElement as HTMLElement), fields.length > 0 && h('p', { class: 'ask-who' }, t('ask.private')),
  h('div', { class: 'ask-actions' },
    no !== '' && h('button', { type: 'button', onclick: () => answer() }, no),
    h('button', { class: 'primary', type: 'submit', 'data-first': fields.length === 0 }, yes)));
  return form;
}

function wordsOf(ask: Ask, t: Asking['t']): [string, string] {
  switch (ask.kind) {
    case 'alert': return [t('ask.ok'), ''];
    case 'leave': return [t('ask.leaveYes'), t('ask.leaveNo')];
    case 'stuck': return [t('ask.leaveYes'), t('ask.stuckWait')];
    case 'login': return [t('ask.signIn'), t('ask.cancel')];
    default: return [t('ask.ok'), t('ask.cancel')];
  }
}

/** What is typed here is nobody's but the customer's: no password manager keeps it, no agent sees it. */
function fieldsOf(ask: Ask, t: Asking['t']): HTMLInputElement[] {
  const field = (label: string, type: string, value: string, first: boolean): HTMLInputElement => {
    const input = h('input', { type, value, autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off', 'data-first': first, 'aria-label': label });
    h('label', {}, type === 'text' && ask.kind === 'prompt' ? '' : label, input);
    return input;
  };
  if (ask.kind === 'prompt') return [field(ask.message ?? '', 'text', ask.default ?? '', true)];
  if (ask.kind === 'login') return [field(t('ask.user'), 'text', '', true), field(t('ask.password'), 'password', '', false)];
  return [];
}
