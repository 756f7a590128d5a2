// What the widget knows of a running session, as one value that each message of the live socket turns into the next.
import type { Ended, Participant, Quality, RecordingState, Rect, Right, Role, ServerMessage, State, Tab, Viewport } from '../live';

export interface Toast { id: number; kind: 'refused' | 'notice' | 'error'; code: string; params: Record<string, string> }

export interface LiveModel {
  state: State;
  by: Role | '';
  me: string;
  participants: Participant[];
  rights: Right[];
  recording: RecordingState;
  tabs: Tab[];
  shown: string;
  /** A shared page has made sound. */
  sounded: boolean;
  gate: { open: boolean; reason: string };
  /** A picture stands on the canvas that was drawn since it was last covered. */
  seen: boolean;
  /** The customer's browser was shared at some time. */
  lived: boolean;
  /** The agent has said that it is to end. */
  leaving: boolean;
  /** Name of what the pointer is over and only the customer may press; '' = nothing. */
  blocked: string;
  /** Where the picture is empty because something is hidden. */
  hidden: Rect[];
  /** Whether the customer is in a field that is hidden; null while that is not known. */
  typingPrivately: boolean | null;
  /** What the customer holds, where that is no desktop. */
  device: `${'phone' | 'tablet'}.${'upright' | 'sideways'}` | null;
  /** How the connections do; undefined until it is known. */
  quality: Quality | undefined;
  toasts: Toast[];
  lastToast: number;
  ended: Ended | null;
}

export const emptyModel: LiveModel = {
  state: 'requested', by: '', me: '', participants: [], rights: [], recording: { possible: false, on: false },
  tabs: [], shown: '', sounded: false,
  gate: { open: true, reason: '' }, seen: false, lived: false, leaving: false, blocked: '', hidden: [], typingPrivately: null, device: null,
  quality: undefined,
  toasts: [], lastToast: 0, ended: null,
};

const toastLimit = 3;

export type ModelEvent = ServerMessage | { type: 'drawn' } | { type: 'leaving' } | { type: 'missed' } | { type: 'dismiss'; id: number };

/** What came too late for something that the page shows by itself. */
const selfExplaining = new Set(['paused']);

export function next(m: LiveModel, e: ModelEvent): LiveModel {
  switch (e.type) {
    case 'welcome':
      return {
        ...m, state: e.state, me: e.you.id, participants: e.participants, rights: e.rights, recording: e.recording, blocked: '', hidden: [], typingPrivately: null,
        gate: emptyModel.gate, seen: false, lived: m.lived || shared(e.state), device: heldAs(e.viewport),
      };
    case 'viewport':
      return { ...m, device: heldAs(e.viewport) };
    case 'state':
      return {
        ...m, state: e.state, by: e.by, recording: e.recording, blocked: '', seen: m.seen && e.state !== 'paused', lived: m.lived || shared(e.state),
      };
    case 'participants':
      return { ...m, participants: e.participants };
    case 'tabs':
      return { ...m, tabs: e.tabs, shown: e.shown, sounded: m.sounded || e.tabs.some((tab) => tab.audible), ...(e.shown !== m.shown && { blocked: '', hidden: [], typingPrivately: null }) };
    case 'gate':
      // The reason stays until the next picture: nobody can read two of them in a moment. Only a pause is over at once.
      return e.open ? { ...m, gate: { open: true, reason: m.gate.reason === 'paused' ? '' : m.gate.reason } } : { ...m, gate: { open: false, reason: e.reason }, seen: false, blocked: '', hidden: [] };
    case 'drawn': // what was still on its way when the gate closed does not count
      return m.seen || !m.gate.open || m.state === 'paused' ? m : { ...m, seen: true, gate: emptyModel.gate };
    case 'leaving':
      return { ...m, leaving: true };
    case 'missed':
      return may(m, 'click') && !m.leaving ? toast(m, 'notice', 'missed', {}) : m;
    case 'blocked':
      return e.tab === m.shown && e.name !== m.blocked ? { ...m, blocked: e.name } : m;
    case 'hidden':
      return e.tab === m.shown ? { ...m, hidden: e.areas } : m;
    case 'focus':
      return e.tab === m.shown && e.masked !== m.typingPrivately ? { ...m, typingPrivately: e.masked } : m;
    case 'quality':
      return { ...m, quality: e };
    case 'refused':
      return e.by === 'agent' ? toast(m, 'refused', e.name ? 'refused' : 'refusedUnnamed', { name: e.name }) : m;
    case 'notice':
      return toast(m, 'notice', e.code, words(e.params));
    case 'error':
      return selfExplaining.has(e.reason) ? m : toast(m, 'error', e.reason, {});
    case 'dismiss':
      return { ...m, toasts: m.toasts.filter((t) => t.id !== e.id) };
    case 'ended':
      return { ...m, state: 'ended', ended: e };
    default:
      return m;
  }
}

function heldAs({ mobile, touch, width, height }: Viewport): LiveModel['device'] {
  if (!mobile && !touch) return null;
  return `${mobile ? 'phone' : 'tablet'}.${height >= width ? 'upright' : 'sideways'}`;
}

function shared(state: State): boolean {
  return state === 'live' || state === 'paused';
}

/** The same thing said twice in a row is one toast, shown anew. */
function toast(m: LiveModel, kind: Toast['kind'], code: string, params: Record<string, string>): LiveModel {
  const id = m.lastToast + 1; // never used again: the timer of a toast that is gone would dismiss another one
  const others = m.toasts.filter((t) => t.code !== code || t.params['name'] !== params['name']);
  return { ...m, toasts: [...others, { id, kind, code, params }].slice(-toastLimit), lastToast: id };
}

function words(params: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([k, v]) => [k, Array.isArray(v) ? v.join(', ') : String(v)]));
}

export type WaitingStep = 'away' | 'preparing' | 'deciding';

/** What the customer is doing before the session is live. */
export function waitingStep(m: LiveModel): WaitingStep {
  const here = m.participants.some((p) => p.role === 'customer' && p.here);
  if (!here || m.state === 'requested') return 'away';
  return m.state === 'waiting' ? 'deciding' : 'preparing';
}

/** Why the agent does not see the page at this moment; null while they do. */
export function veil(m: LiveModel): string | null {
  if (m.leaving || m.state === 'ending') return 'ending';
  if (m.state === 'paused') return 'paused';
  if (m.seen) return null;
  return m.gate.reason || (m.gate.open ? 'picture' : 'loading');
}

export function may(m: LiveModel, right: Right): boolean {
  return m.rights.includes(right);
}

export const pinLength = 6;

/** The digits of what was typed or pasted as a PIN, no more than it has. */
export function pinDigits(typed: string): string {
  return typed.replace(/\D/g, '').slice(0, pinLength);
}

export function spacedPIN(digits: string): string {
  return digits.length > 3 ? `${digits.slice(0, 3)} ${digits.slice(3)}` : digits;
}
