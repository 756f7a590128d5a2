// What the widget knows of a running session, as one value that each message of the live socket turns into the next.
import type { Ended, Participant, RecordingState, Right, Role, ServerMessage, State, Tab } from '../live';

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
  gate: { open: boolean; reason: string };
  /** Set once a picture of this session stands on the canvas. */
  seen: boolean;
  /** Name of what the pointer is over and only the customer may press; '' = nothing. */
  blocked: string;
  toasts: Toast[];
  ended: Ended | null;
}

export const emptyModel: LiveModel = {
  state: 'requested', by: '', me: '', participants: [], rights: [], recording: { possible: false, on: false }, tabs: [], shown: '',
  gate: { open: true, reason: '' }, seen: false, blocked: '', toasts: [], ended: null,
};

const toastLimit = 3;

export type ModelEvent = ServerMessage | { type: 'drawn' } | { type: 'dismiss'; id: number };

export function next(m: LiveModel, e: ModelEvent): LiveModel {
  switch (e.type) {
    case 'welcome':
      return {
        ...m, state: e.state, me: e.you.id, participants: e.participants, rights: e.rights, recording: e.recording, blocked: '',
        seen: false,
      };
    case 'state':
      return { ...m, state: e.state, by: e.by, recording: e.recording, blocked: '' };
    case 'participants':
      return { ...m, participants: e.participants };
    case 'tabs':
      return { ...m, tabs: e.tabs, shown: e.shown, blocked: e.shown === m.shown ? m.blocked : '' };
    case 'gate':
      return { ...m, gate: { open: e.open, reason: e.reason }, blocked: e.open ? m.blocked : '' };
    case 'drawn':
      return m.seen ? m : { ...m, seen: true };
    case 'blocked':
      return e.tab === m.shown && e.name !== m.blocked ? { ...m, blocked: e.name } : m;
    case 'refused':
      return e.by === 'agent' ? toast(m, 'refused', e.name ? 'refused' : 'refusedUnnamed', { name: e.name }) : m;
    case 'notice':
      return toast(m, 'notice', e.code, words(e.params));
    case 'error':
      return toast(m, 'error', e.reason, { message: e.message });
    case 'dismiss':
      return { ...m, toasts: m.toasts.filter((t) => t.id !== e.id) };
    case 'ended':
      return { ...m, state: 'ended', ended: e };
    default:
      return m;
  }
}

/** The same thing said twice in a row is one toast, shown anew. */
function toast(m: LiveModel, kind: Toast['kind'], code: string, params: Record<string, string>): LiveModel {
  const id = (m.toasts.at(-1)?.id ?? 0) + 1;
  const others = m.toasts.filter((t) => t.code !== code || t.params['name'] !== params['name']);
  return { ...m, toasts: [...others, { id, kind, code, params }].slice(-toastLimit) };
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
  if (m.state === 'paused') return 'paused';
  if (m.state === 'ending') return 'ending';
  if (!m.gate.open) return m.gate.reason || 'loading';
  return m.seen ? null : 'first';
}

export function may(m: LiveModel, right: Right): boolean {
  return m.rights.includes(right);
}

/** What a person types into an address bar as an address: a scheme is added where there is none. */
export function addressOf(typed: string): string {
  const text = typed.trim();
  if (text === '') return '';
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
}

/** The digits of what was typed or pasted as a PIN, at most six. */
export function pinDigits(typed: string): string {
  return typed.replace(/\D/g, '').slice(0, 6);
}

export function spacedPIN(digits: string): string {
  return digits.length > 3 ? `${digits.slice(0, 3)} ${digits.slice(3)}` : digits;
}
