// What a person types into a masked field, shown before the service's answer. It is a guess: whatever is not certain waits for the truth.
import type { InputEvent, LayerItem } from '../live';

/** A field's text as its owner sees it. `from` is where a selection begins, `caret` where it ends. */
export interface Text { text: string; from: number; caret: number }

type Edit = (t: Text) => Text | undefined;

/** An answer that takes longer than this is another one than was guessed. */
const patience = 900;

const bullet = '•';

/** What an input event does to a text field, if that is certain. `hides` makes bullets of what is typed; `lines` keeps line breaks. */
function editOf(ev: InputEvent, hides: boolean, lines: boolean): Edit | 'none' | 'unsure' {
  if (ev.kind === 'keyup' || ev.kind === 'move' || ev.kind === 'wheel' || ev.kind === 'up' || ev.kind === 'compose') return 'none';
  if (ev.kind === 'text' || (ev.kind === 'keydown' && ev.text)) {
    const text = ev.text ?? '';
    if (text.includes('\n') && !lines) return 'unsure';
    return (t) => insert(t, hides ? bullet.repeat(text.length) : text);
  }
  if (ev.kind !== 'keydown') return 'unsure';
  if (ev.key === 'Shift' || ev.key === 'Control' || ev.key === 'Alt' || ev.key === 'Meta' || ev.key === 'CapsLock') return 'none';
  if (ev.mods) return 'unsure';
  return keys[ev.key ?? ''] ?? 'unsure';
}

const keys: Record<string, Edit> = {
  Backspace: (t) => remove(t, -1),
  Delete: (t) => remove(t, 1),
  ArrowLeft: (t) => step(t, t.from, t.caret - 1),
  ArrowRight: (t) => step(t, t.caret, t.caret),
  Home: (t) => (t.text.includes('\n') ? undefined : at(t, 0)),
  End: (t) => (t.text.includes('\n') ? undefined : at(t, t.text.length)),
};

function at(t: Text, caret: number): Text { return { text: t.text, from: caret, caret }; }

/** A selection ends at its side; else the caret passes the character at `over`. */
function step(t: Text, side: number, over: number): Text | undefined {
  if (t.from !== t.caret) return at(t, side);
  if (over < 0 || over >= t.text.length) return t;
  return plain(t, over) ? at(t, over < t.caret ? over : over + 1) : undefined;
}

function insert(t: Text, text: string): Text {
  return at({ ...t, text: t.text.slice(0, t.from) + text + t.text.slice(t.caret) }, t.from + text.length);
}

function remove(t: Text, step: -1 | 1): Text | undefined {
  if (t.from !== t.caret) return insert(t, '');
  const index = step < 0 ? t.caret - 1 : t.caret;
  if (index < 0 || index >= t.text.length) return t;
  if (!plain(t, index)) return undefined;
  return at({ ...t, text: t.text.slice(0, index) + t.text.slice(index + 1) }, index);
}

/** One unit that is one character by itself: no half of a pair, and no sign that joins its neighbours. */
function plain(t: Text, index: number): boolean {
  const whole = (i: number) => i < 0 || i >= t.text.length || /^[^\p{M}\p{Cs}\p{Cf}]$/u.test(t.text[i] as string);
  return index >= 0 && index < t.text.length && whole(index) && whole(index + 1);
}

interface Guess { edit: Edit; after: Text; sent: number }

/** One focused field: the last truth, and what was typed since then as far as it is known what it does. */
export class Echo {
  private truth: Text;
  private guesses: Guess[] = [];
  /** Something was done whose effect only the page knows. */
  private unsure = false;

  constructor(private item: LayerItem) {
    this.truth = textOf(item);
  }

  /** What to draw. */
  get now(): Text { return this.guesses.at(-1)?.after ?? this.truth; }

  get guessing(): boolean { return this.guesses.length > 0; }

  /** Takes in what was sent to the page. True when that changes what is to be drawn. */
  typed(ev: InputEvent, now: number): boolean {
    const edit = editOf(ev, this.hides(), this.truth.text.includes('\n'));
    if (edit === 'none' || this.unsure) return false;
    const after = edit === 'unsure' ? undefined : edit(this.now);
    if (!after || edit === 'unsure') {
      this.unsure = true;
      return this.drop();
    }
    this.guesses.push({ edit, after, sent: now });
    return true;
  }

  /** The service's answer. What was typed after it is done to it again. */
  correct(item: LayerItem): void {
    const truth = textOf(item);
    const known = this.confirmed(truth);
    const changed = !same(truth, this.truth);
    this.item = item;
    this.truth = truth;
    if (changed) this.unsure = false;
    if (known === undefined) this.guesses = [];
    else this.rebase(this.guesses.slice(known));
  }

  /** True when a guess was given up because nothing came that confirms it: the page has its own idea of the field. */
  expire(now: number): boolean {
    const first = this.guesses[0];
    if (!first || now - first.sent < patience) return false;
    this.unsure = true;
    return this.drop();
  }

  private hides(): boolean {
    return isSecret(this.item, this.now.text);
  }

  private drop(): boolean {
    const had = this.guesses.length > 0;
    this.guesses = [];
    return had;
  }

  /** How many of the guesses the truth contains; undefined when it is none of what was expected. */
  private confirmed(truth: Text): number | undefined {
    if (likely(truth, this.truth)) return 0;
    const i = this.guesses.findIndex((g) => likely(truth, g.after));
    return i < 0 ? undefined : i + 1;
  }

  private rebase(rest: Guess[]): void {
    this.guesses = [];
    for (const guess of rest) {
      const after = guess.edit(this.now);
      if (!after) {
        this.unsure = true;
        this.drop();
        return;
      }
      this.guesses.push({ ...guess, after });
    }
  }
}

/** Whether the page shows bullets for what is typed into a field that now reads so. */
export function isSecret(item: LayerItem, text: string): boolean {
  return /^•+$/.test(text) || (text === '' && item.reason === 'password');
}

function textOf(item: LayerItem): Text {
  const caret = Math.min(item.caret ?? 0, item.text.length);
  return { text: item.text, caret, from: Math.max(0, caret - (item.selected ?? 0)) };
}

function same(a: Text, b: Text): boolean {
  return a.text === b.text && a.caret === b.caret && a.from === b.from;
}

/** Pages set groups apart while one types: "4111 1" is what "41111" became. */
function likely(a: Text, b: Text): boolean {
  const bare = (s: string) => s.replace(/[\s./()+-]/g, '');
  return bare(a.text) === bare(b.text) && bare(a.text.slice(0, a.caret)) === bare(b.text.slice(0, b.caret)) && (a.from === a.caret) === (b.from === b.caret);
}
