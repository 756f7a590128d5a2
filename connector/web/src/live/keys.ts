// What a key press means for the shared page.

export interface KeyPress {
  key: string; code: string; altKey: boolean; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean;
  isComposing?: boolean;
  getModifierState?: (name: string) => boolean;
}

type KeyRoute =
  /** Goes to the shared page as a key. */
  | 'send'
  /** The text field gets it and the resulting text is sent: composition, dead keys, on-screen keyboards, paste. */
  | 'text'
  /** Stays with the person's own browser. */
  | 'own';

/** The shared page must be no trap for the keyboard: F6 goes on to the page's own controls, as between a browser's panes. */
export const leaveKey = 'F6';

const ownKeys = new Set(['F5', 'F6', 'F11', 'F12', 'BrowserBack', 'BrowserForward', 'BrowserRefresh']);
/** Ctrl+P is not among them: it would print the page around the picture. The service says that nothing is printed here. */
const ownWithControl = new Set(['t', 'w', 'n', 'r', 'l', 'j', 'd', 's', 'o', '+', '-', '=', '0', 'Tab']);

export function routeOf(e: KeyPress, mac: boolean): KeyRoute {
  if (e.isComposing || e.key === 'Process' || e.key === 'Unidentified' || e.key === 'Dead' || severalChars(e.key)) return 'text';
  if (ownKeys.has(e.key)) return 'own';
  if (!shortcut(e)) return 'send';
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  if (key === 'v') return 'text';
  if (mac ? e.metaKey : e.ctrlKey) return ownWithControl.has(key) ? 'own' : 'send';
  return 'send';
}

/** A dead key and a letter that it does not join come as one key. */
function severalChars(key: string): boolean {
  return key.length > 1 && !/^[A-Za-z0-9]+$/.test(key);
}

/** AltGr makes characters, not shortcuts, although Windows reports it as Ctrl+Alt. */
function shortcut(e: KeyPress): boolean {
  if (e.getModifierState?.('AltGraph')) return false;
  return e.ctrlKey || e.metaKey;
}

/** The modifier bits of docs/protocol.md. The shared browser runs on Linux: a Mac's Command means Control there. */
export function modsOf(e: Pick<KeyPress, 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>, mac: boolean): number {
  const control = e.ctrlKey || (mac && e.metaKey);
  return (e.altKey ? 1 : 0) | (control ? 2 : 0) | (e.metaKey && !mac ? 4 : 0) | (e.shiftKey ? 8 : 0);
}

interface RemoteKey { key: string; code: string; mods: number }

const alt = 1, control = 2, shift = 8;

/** The key that does in the shared browser, which runs on Linux, what this one means to its person. */
export function remoteKey(e: KeyPress, mac: boolean): RemoteKey {
  const mods = modsOf(e, mac);
  const as = (key: string, held: number): RemoteKey => ({ key, code: e.code, mods: held });
  if (!mac) return as(e.key, mods);
  const toLineEnd = { ArrowLeft: 'Home', ArrowRight: 'End' }[e.key];
  if (e.key === 'Meta') return as('Control', mods);
  if (e.metaKey && toLineEnd) return as(toLineEnd, mods & ~control);
  if (e.metaKey && (e.key === 'ArrowUp' || e.key === 'ArrowDown')) return as(e.key === 'ArrowUp' ? 'Home' : 'End', mods);
  if (e.metaKey && e.key === 'Backspace') return as(e.key, mods | shift);
  if (e.altKey && (toLineEnd || e.key === 'Backspace' || e.key === 'Delete')) return as(e.key, (mods & ~alt) | control);
  if (e.ctrlKey && !e.metaKey && (e.key === 'a' || e.key === 'e')) return as(e.key === 'a' ? 'Home' : 'End', mods & ~control);
  return as(e.key, mods);
}

/** The character that the key types, if it types one. */
export function charOf(e: KeyPress): string {
  return Array.from(e.key).length === 1 && !shortcut(e) ? e.key : '';
}

/** Where keyboards open only within a person's press. Tablets of this kind call themselves Macs. */
export function isIOS(): boolean {
  return /iPhone|iPad/.test(navigator.platform) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1);
}

export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
