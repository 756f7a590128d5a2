// The keyboard: an invisible text field takes the focus, so that on-screen keyboards open, input methods can compose and
// paste works; what happens in it becomes input events.
import type { Focus, InputEvent } from './messages';
import { editsBetween } from './edits';
import { charOf, isMac, leaveKey, modsOf, routeOf } from './keys';

/** On-screen keyboards tell of a Backspace only when there is something to delete. */
const padding = '_'.repeat(16);
/** Pasted text is sent in pieces well below the message limit, and a page takes only so many at once. */
const piece = 8_000;
const longestPaste = 200_000;

export type PasteProblem = 'no_right' | 'paste_too_long';

interface KeyboardEvents {
  input: (ev: InputEvent) => void;
  /** The person wants out of the shared page. */
  leave: () => void;
  /** What an input method is composing and has not typed yet; '' when it is done. */
  composing?: (text: string) => void;
  mayPaste: () => boolean;
  notPasted: (why: PasteProblem) => void;
}

export class Keyboard {
  readonly field: HTMLTextAreaElement;
  private readonly mac = isMac();
  private readonly held = new Map<string, string>(); // code → key
  private before = padding;
  private composing = false;
  private byTouch = false;
  private pointed = false;
  /** The last key press went out as a key. */
  private sentLast = false;

  constructor(label: string, private readonly events: KeyboardEvents) {
    this.field = textField(label);
    this.field.addEventListener('keydown', (e) => this.keydown(e));
    // Browsers type no character after a prevented keydown; tools that inject keys do.
    this.field.addEventListener('keypress', (e) => { if (this.sentLast) e.preventDefault(); });
    this.field.addEventListener('keyup', (e) => this.keyup(e));
    this.field.addEventListener('compositionstart', () => { this.composing = true; });
    this.field.addEventListener('compositionupdate', (e) => { if (!this.byTouch) events.composing?.(e.data); });
    this.field.addEventListener('compositionend', () => { this.composing = false; events.composing?.(''); this.drain(); });
    this.field.addEventListener('input', (e) => this.drain((e as globalThis.InputEvent).inputType === 'insertLineBreak'));
    this.field.addEventListener('paste', (e) => this.paste(e));
    // Who came with the Tab key needs to see where the focus is; who pressed the page does not.
    this.field.addEventListener('focus', () => this.field.classList.toggle('live-tabbed', !this.pointed));
    this.field.addEventListener('blur', () => this.releaseAll());
    this.reset();
  }

  /** Call inside a pointer event: browsers open keyboards only then. */
  focus(byTouch: boolean): void {
    this.byTouch = byTouch;
    this.pointed = true;
    this.field.focus({ preventScroll: true });
    this.pointed = false;
  }

  /** The shared page's focus moved: the right on-screen keyboard for its field, or none. */
  follow(focus: Pick<Focus, 'editable' | 'inputMode'>): void {
    const mode = focus.editable ? focus.inputMode || 'text' : 'none';
    if (this.field.inputMode === mode) return;
    this.field.inputMode = mode;
    if (this.byTouch && document.activeElement === this.field) {
      this.field.blur(); // iOS looks at inputmode only when the field gets the focus
      this.focus(true);
    }
  }

  private keydown(e: KeyboardEvent): void {
    if (e.key === leaveKey) {
      e.preventDefault();
      this.events.leave();
      return;
    }
    this.sentLast = routeOf(e, this.mac) === 'send';
    if (!this.sentLast) return;
    e.preventDefault();
    this.held.set(e.code, e.key);
    const text = charOf(e);
    this.events.input({ kind: 'keydown', key: this.remoteKey(e.key), code: e.code, mods: modsOf(e, this.mac), ...(text && { text }) });
  }

  private keyup(e: KeyboardEvent): void {
    if (!this.held.has(e.code)) return;
    e.preventDefault();
    this.release(e.code, e.key, modsOf(e, this.mac));
    if (e.key === 'Meta') this.releaseAll(); // macOS swallows the keyup of keys pressed together with Command
  }

  private release(code: string, key: string, mods: number): void {
    this.held.delete(code);
    this.events.input({ kind: 'keyup', key: this.remoteKey(key), code, mods });
  }

  private remoteKey(key: string): string {
    return this.mac && key === 'Meta' ? 'Control' : key;
  }

  /** A key whose release happens elsewhere must not stay pressed in the shared page. */
  private releaseAll(): void {
    for (const [code, key] of [...this.held]) this.release(code, key, 0);
  }

  /**
   * Sends what changed in the field. While an input method composes, only phones are followed letter by letter. `entered` is an
   * on-screen keyboard's Enter, whose line break comes last.
   */
  private drain(entered = false): void {
    if (this.composing && !this.byTouch) return;
    const { back, text } = editsBetween(this.before, this.field.value);
    this.before = this.field.value;
    for (let i = 0; i < back; i++) this.press('Backspace');
    this.type(entered ? text.replace(/\n$/, '') : text);
    if (entered) this.press('Enter');
    if (!this.composing) this.reset();
  }

  private paste(e: ClipboardEvent): void {
    e.preventDefault();
    const text = e.clipboardData?.getData('text/plain') ?? ''; // a picture is none
    if (!this.events.mayPaste()) this.events.notPasted('no_right');
    else if (text.length > longestPaste) this.events.notPasted('paste_too_long');
    else this.type(text);
  }

  /** Line breaks in a text are text: a pasted one must not press Enter on a form. */
  private type(text: string): void {
    const whole = text.replace(/\r\n?/g, '\n');
    for (let at = 0; at < whole.length; at += piece) this.events.input({ kind: 'text', text: whole.slice(at, at + piece) });
  }

  private press(key: 'Backspace' | 'Enter'): void {
    this.events.input({ kind: 'keydown', key, code: key, mods: 0 });
    this.events.input({ kind: 'keyup', key, code: key, mods: 0 });
  }

  private reset(): void {
    this.field.value = padding;
    this.before = padding;
    this.field.setSelectionRange(padding.length, padding.length);
  }
}

function textField(label: string): HTMLTextAreaElement {
  const field = document.createElement('textarea');
  field.className = 'live-keyboard';
  field.rows = 1;
  field.inputMode = 'none';
  field.spellcheck = false;
  for (const [name, value] of [['autocomplete', 'off'], ['autocapitalize', 'off'], ['autocorrect', 'off'], ['aria-label', label]] as const) {
    field.setAttribute(name, value);
  }
  return field;
}
