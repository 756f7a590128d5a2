// The keyboard: an invisible text field takes the focus, so that on-screen keyboards open, input methods can compose and
// paste works; what happens in it becomes input events.
import type { Focus, InputEvent } from './messages';
import { editsBetween } from './edits';
import { charOf, isIOS, isMac, leaveKey, modsOf, remoteKey, routeOf } from './keys';

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
  private readonly ios = isIOS();
  private readonly held = new Map<string, string>(); // code → key, as it was sent
  private before = padding;
  private composing = false;
  /** The page takes what is composed as it is composed. Into a hidden field it goes when it is done: until then only this page draws it. */
  private follows = true;
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
    this.field.addEventListener('compositionupdate', (e) => { if (!this.byTouch) this.compose(e.data); });
    this.field.addEventListener('compositionend', (e) => this.composed(e.data));
    this.field.addEventListener('input', (e) => this.drain((e as globalThis.InputEvent).inputType === 'insertLineBreak'));
    this.field.addEventListener('paste', (e) => this.paste(e));
    // Who came with the Tab key needs to see where the focus is; who pressed the page does not.
    this.field.addEventListener('focus', () => this.field.classList.toggle('live-tabbed', !this.pointed));
    this.field.addEventListener('blur', () => this.releaseAll());
    this.reset();
  }

  /** Call inside a pointer event: browsers open keyboards only then. */
  focus(byTouch: boolean): void {
    const opens = byTouch && this.ios && this.field.inputMode !== 'none';
    if (this.composing || opens) this.field.blur(); // what was composed belongs where it was begun
    this.byTouch = byTouch;
    this.pointed = true;
    this.field.focus({ preventScroll: true });
    this.pointed = false;
  }

  /** The shared page's focus moved: the right on-screen keyboard for its field, or none. */
  follow(focus: Pick<Focus, 'editable' | 'inputMode' | 'masked' | 'enterKey'>): void {
    this.follows = !focus.masked;
    this.field.enterKeyHint = focus.enterKey ?? '';
    const mode = focus.editable ? focus.inputMode || 'text' : 'none';
    if (this.field.inputMode === mode) return;
    this.field.inputMode = mode;
    if (this.byTouch && !this.ios && document.activeElement === this.field) {
      this.field.blur(); // browsers look at inputmode only when the field gets the focus
      this.focus(true);
    }
  }

  /** An on-screen keyboard could be of use and needs a press. */
  get waits(): boolean {
    if (document.activeElement !== this.field) return true;
    return this.byTouch && this.ios && (visualViewport?.height ?? innerHeight) > innerHeight * 0.8; // it is not up
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
    const sent = remoteKey(e, this.mac);
    this.held.set(e.code, sent.key);
    const text = charOf(e);
    this.events.input({ kind: 'keydown', ...sent, ...(text && { text }) });
  }

  private keyup(e: KeyboardEvent): void {
    const key = this.held.get(e.code);
    if (key === undefined) return;
    e.preventDefault();
    this.release(e.code, key, modsOf(e, this.mac));
    if (e.key === 'Meta') this.releaseAll(); // macOS swallows the keyup of keys pressed together with Command
  }

  private release(code: string, key: string, mods: number): void {
    this.held.delete(code);
    this.events.input({ kind: 'keyup', key, code, mods });
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

  private compose(text: string): void {
    if (this.follows) this.events.input({ kind: 'compose', text });
    else this.events.composing?.(text);
  }

  /** On a phone the letters have gone out one by one. What was given up must go from the page, too. */
  private composed(text: string): void {
    this.composing = false;
    this.events.composing?.('');
    if (text === '' && !this.byTouch && this.follows) this.events.input({ kind: 'compose', text });
    this.drain();
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
