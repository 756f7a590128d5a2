// A list that drops down from a field of the shared page.
import type { Ask, AskChoice } from '../live';
import { h } from '../ui/dom';
import type { Asking } from './asks';

/** Letters typed within this belong together. */
const typingPause = 800;

export function list(ask: Ask, { t, answer }: Asking): HTMLElement {
  const choices = ask.choices ?? [];
  const options = choices.map((choice, at) => option(choice, at, ask.multiple === true));
  const chosen = (): string[] => options.filter((o) => o.ariaSelected === 'true').map((o) => o.dataset['at'] ?? '');
  const choose = (o: HTMLElement): void => {
    if (o.ariaDisabled === 'true') return;
    if (ask.multiple) o.ariaSelected = String(o.ariaSelected !== 'true');
    else answer([o.dataset['at'] ?? '']);
  };
  const box = h('ul', {
    role: 'listbox', 'aria-label': t('ask.choose'), 'aria-multiselectable': ask.multiple === true ? 'true' : 'false',
    onclick: (e) => {
      const o = (e.target as Element).closest<HTMLElement>('[role=option]');
      if (o) choose(o);
    },
  }, ...grouped(choices, options));
  const first = options.find((o) => o.ariaSelected === 'true') ?? options.find((o) => o.ariaDisabled !== 'true');
  first?.setAttribute('data-first', '');
  box.addEventListener('keydown', keys(options, choose));
  return h('section', { class: 'ask ask-drop ask-list', role: 'dialog', 'aria-label': t('ask.choose') }, box,
    h('div', { class: 'ask-actions' },
      h('button', { type: 'button', onclick: () => answer() }, t('ask.cancel')),
      ask.multiple === true && h('button', { class: 'primary', type: 'button', onclick: () => answer(chosen()) }, t('ask.done'))));
}

function option(choice: AskChoice, at: number, multiple: boolean): HTMLElement {
  return h('li', {
    role: 'option', tabindex: -1, 'data-at': at, 'aria-selected': choice.selected === true ? 'true' : 'false', 'aria-disabled': choice.disabled === true ? 'true' : 'false',
    class: [multiple ? 'many' : '', choice.group ? 'grouped' : ''].join(' ').trim() || undefined,
  }, choice.label || '\u00a0');
}

/** Each group's name stands before its first choice. */
function grouped(choices: AskChoice[], options: HTMLElement[]): HTMLElement[] {
  return options.flatMap((o, i) => {
    const { group } = choices[i] ?? {};
    return group && group !== choices[i - 1]?.group ? [h('li', { role: 'presentation', class: 'ask-group' }, group), o] : [o];
  });
}

function keys(options: HTMLElement[], choose: (o: HTMLElement) => void): (e: KeyboardEvent) => void {
  let typed = '';
  let typedAt = 0;
  const find = (from: number, step: number): HTMLElement | undefined => {
    for (let i = from; i >= 0 && i < options.length; i += step) if (options[i]?.ariaDisabled !== 'true') return options[i];
    return undefined;
  };
  const startingWith = (letter: string): HTMLElement | undefined => {
    typed = performance.now() - typedAt < typingPause ? typed + letter : letter;
    typedAt = performance.now();
    return options.find((o) => o.ariaDisabled !== 'true' && o.textContent.toLowerCase().startsWith(typed.toLowerCase()));
  };
  return (e) => {
    const at = options.indexOf(document.activeElement as HTMLElement);
    const moves: Record<string, () => HTMLElement | undefined> = {
      ArrowDown: () => find(at + 1, 1), ArrowUp: () => find(at - 1, -1), Home: () => find(0, 1), End: () => find(options.length - 1, -1),
    };
    const move = moves[e.key] ?? (e.key.length === 1 && e.key !== ' ' && !e.ctrlKey && !e.metaKey ? () => startingWith(e.key) : undefined);
    if (move) move()?.focus();
    else if ((e.key === 'Enter' || e.key === ' ') && options[at]) choose(options[at]);
    else return;
    e.preventDefault();
  };
}
