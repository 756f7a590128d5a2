// The screens before and after the shared page. Each returns its <main>; whoever shows it moves the focus to its heading.
import type { Company } from '../live';
import { isCustomerKey, type Translate } from '../i18n';
import { h, icon } from '../ui/dom';
import { minutesSeconds, pinGroups, spokenDigits } from './format';

export interface Shown {
  main: HTMLElement;
  /** Stops what the screen keeps running. */
  stop?: () => void;
}

const heading = (text: string) => h('h1', { tabindex: -1 }, text);

export function startScreen(t: Translate, company: Company, canContinue: boolean, begin: () => void, goOn: () => void): Shown {
  const primary = h('button', { class: 'primary', type: 'button', onclick: canContinue ? goOn : begin },
    t(canContinue ? 'start.continue' : 'start.button'));
  return {
    main: card(
      heading(t('start.heading', { company: company.name })),
      h('p', {}, t('start.what')),
      h('ul', { class: 'facts' }, fact('eyeOff', t('start.device')), fact('lock', t('start.private')), fact('hand', t('start.control'))),
      h('p', { class: 'quiet' }, t('start.sure', { company: company.name })),
      h('div', { class: 'actions' }, primary,
        canContinue && h('button', { type: 'button', onclick: begin }, t('start.button'))),
    ),
  };
}

function fact(symbol: Parameters<typeof icon>[0], text: string): HTMLElement {
  return h('li', { class: 'fact' }, icon(symbol), h('span', {}, text));
}

export function workingScreen(t: Translate): Shown {
  return { main: card(h('p', { class: 'working', role: 'status' }, dots(), t('start.working'))) };
}

/** `left` is how long the PIN is still good, in milliseconds. */
export function pinScreen(t: Translate, pin: string, left: () => number, renew: () => void): Shown {
  const [first, second] = pinGroups(pin);
  const time = h('span', { 'aria-hidden': true });
  const spokenTime = h('span', { class: 'visually-hidden', role: 'status' });
  const valid = card(
    heading(t('pin.heading')),
    h('p', { class: 'pin' },
      h('span', { class: 'visually-hidden' }, t('pin.spoken', { digits: spokenDigits(pin) })),
      h('span', { 'aria-hidden': true, class: 'pin-group' }, first),
      h('span', { 'aria-hidden': true, class: 'pin-group' }, second)),
    h('p', { class: 'quiet' }, time, spokenTime),
    h('p', { class: 'working' }, dots(), t('pin.waiting')),
    h('p', { class: 'quiet' }, t('pin.keepOpen')),
  );
  let spoken = -1;
  const tick = () => {
    const rest = left();
    if (rest <= 0) {
      stop();
      expire(valid, t, renew);
      return;
    }
    time.textContent = t('pin.valid', { time: minutesSeconds(rest) });
    const minutes = Math.ceil(rest / 60_000);
    if (minutes !== spoken && (minutes % 5 === 0 || minutes === 1)) { // every second would drown everything else
      spoken = minutes;
      spokenTime.textContent = minutes === 1 ? t('pin.minute') : t('pin.minutes', { minutes });
    }
  };
  const clock = setInterval(tick, 1000);
  const stop = () => clearInterval(clock);
  tick();
  return { main: valid, stop };
}

function expire(main: HTMLElement, t: Translate, renew: () => void): void {
  const title = heading(t('pin.expired'));
  main.replaceChildren(title, h('p', {}, t('pin.expiredWhat')),
    h('div', { class: 'actions' }, h('button', { class: 'primary', type: 'button', onclick: renew }, t('pin.new'))));
  title.focus();
}

export function waitScreen(t: Translate): Shown {
  return { main: card(heading(t('wait.heading')), h('p', { class: 'working' }, dots()), h('p', {}, t('wait.what'))) };
}

interface ConsentAsk {
  company: Company;
  agentName: string;
  language: string;
  recordingPossible: boolean;
  answer: (granted: boolean, recording: boolean) => void;
}

export function consentScreen(t: Translate, ask: ConsentAsk): Shown {
  const { company, agentName } = ask;
  const agent = agentName || t('Agent');
  const mode = ask.recordingPossible ? company.recording : 'off';
  const record = h('input', { type: 'checkbox', id: 'record' });
  const allow = h('button', { class: 'primary', type: 'button' }, t('consent.allow'));
  const no = h('button', { type: 'button', onclick: () => ask.answer(false, false) }, t('consent.no'));
  allow.addEventListener('click', () => {
    allow.disabled = true;
    no.disabled = true;
    status.textContent = t('consent.preparing');
    ask.answer(true, mode === 'on' || (mode === 'ask' && record.checked));
  });
  const status = h('p', { class: 'quiet', role: 'status' });
  const own = company.consentText?.[ask.language] ?? company.consentText?.['en'];
  return {
    main: card(
      heading(agentName ? t('consent.heading', { agent: agentName, company: company.name }) : t('consent.headingNoName', { company: company.name })),
      own ? h('p', {}, own) : undefined,
      h('div', { class: 'columns' },
        list('eye', t('consent.see', { agent }), [t('consent.see1'), t('consent.see2')]),
        list('eyeOff', t('consent.never', { agent }), [t('consent.never1'), t('consent.never2')])),
      h('p', { class: 'fact' }, icon('hand'), t('consent.only')),
      recordingPart(t, mode, company.name, record),
      status,
      h('div', { class: 'actions' }, allow, no),
    ),
  };
}

function recordingPart(t: Translate, mode: Company['recording'], company: string, record: HTMLInputElement): HTMLElement {
  if (mode !== 'ask') {
    return h('p', { class: 'fact' }, h('span', { class: mode === 'on' ? 'rec' : 'rec rec-off', 'aria-hidden': true }),
      t(mode === 'on' ? 'consent.recorded' : 'consent.notRecorded'));
  }
  return h('div', { class: 'choice' }, record,
    h('label', { for: 'record' }, t('consent.record'), h('small', {}, t('consent.recordWhy', { company }))));
}

function list(symbol: 'eye' | 'eyeOff', title: string, items: string[]): HTMLElement {
  return h('section', { class: symbol === 'eye' ? 'sees' : 'never' },
    h('h2', {}, icon(symbol), title), h('ul', {}, ...items.map((i) => h('li', {}, i))));
}

interface End { reason: string; agentName: string; seconds: number }

/** Ends that came by themselves are explained; the others are thanked for. `again` starts over; a chat link cannot. */
export function endedScreen(t: Translate, end: End, again?: () => void): Shown {
  const { heading: title, what, calm } = endTexts(t, end);
  const label = end.reason === 'expired' ? t('pin.new') : t('start.again');
  return {
    main: card(
      h('div', { class: calm ? 'sign done' : 'sign', 'aria-hidden': true }, icon(calm ? 'check' : 'info')),
      heading(title),
      h('p', {}, what, end.seconds > 0 && ` ${t('ended.lasted', { time: minutesSeconds(end.seconds * 1000) })}`),
      !calm && !again && h('p', {}, t('ended.askLink')),
      h('p', { class: 'quiet' }, t('ended.close')),
      again && h('div', { class: 'actions' }, h('button', { class: calm ? '' : 'primary', type: 'button', onclick: again }, label)),
    ),
  };
}

function endTexts(t: Translate, { reason, agentName, seconds }: End): { heading: string; what: string; calm: boolean } {
  const [title, what] = [`ended.${reason}.heading`, `ended.${reason}.what`];
  if (isCustomerKey(title) && isCustomerKey(what)) return { heading: t(title), what: t(what), calm: reason === 'declined' };
  const agent = agentName || t('Agent');
  return { heading: t('ended.heading'), what: seconds > 0 ? t('ended.what', { agent }) : t('ended.short'), calm: true };
}

export function elsewhereScreen(t: Translate, here: () => void): Shown {
  return {
    main: card(heading(t('elsewhere.heading')), h('p', {}, t('elsewhere.what')),
      h('div', { class: 'actions' }, h('button', { class: 'primary', type: 'button', onclick: here }, t('elsewhere.here')))),
  };
}

export function problemScreen(t: Translate, text: string, again?: { label: string; run: () => void }): Shown {
  return {
    main: card(heading(t('problem.heading')), h('p', { role: 'alert' }, text),
      again && h('div', { class: 'actions' }, h('button', { class: 'primary', type: 'button', onclick: again.run }, again.label))),
  };
}

function card(...children: (Node | undefined | false)[]): HTMLElement {
  return h('main', { class: 'card' }, ...children);
}

function dots(): HTMLElement {
  return h('span', { class: 'dots', 'aria-hidden': true }, h('i'), h('i'), h('i'));
}
