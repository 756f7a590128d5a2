// What the product's frame and a desk say to each other, see docs/protocol.md §3. Both sides parse with these functions, so
// that anything else that arrives by postMessage is ignored.

const features = ['sendMessage', 'expand', 'case', 'recording'] as const;
export type Feature = (typeof features)[number];

/** A case of the desk's, to choose from. */
export interface Case { id: string; title: string; number: string }

export type FromFrame =
  | { type: 'ready' }
  | { type: 'sendMessage'; id: string; text: string }
  | { type: 'live' }
  | { type: 'ended' }
  | { type: 'expand'; full: boolean }
  | { type: 'findCases'; id: string; text: string }
  | { type: 'linkCase'; id: string; case: string }
  | { type: 'createCase'; id: string; title: string }
  | { type: 'private'; on: boolean };

export type FromDesk =
  | { type: 'hello'; features: Feature[] }
  | { type: 'sent'; id: string; ok: boolean; box: boolean }
  | { type: 'cases'; id: string; ok: boolean; cases: Case[] }
  | { type: 'linked'; id: string; ok: boolean }
  | { type: 'recording'; paused: boolean };

interface Received<M> {
  nonce: string;
  message: M;
}

/** Omnichannel's own limit for a message; nothing longer is passed on. */
const maxText = 4000;
const maxId = 100;
/** Dataverse's limit for the title of a case; a search needs no more. */
export const maxTitle = 200;
export const maxCases = 20;

export function envelope(nonce: string, message: FromFrame | FromDesk): object {
  return { cobrowse: 1, nonce, ...message };
}

export function parseFromFrame(data: unknown): Received<FromFrame> | null {
  const m = opened(data);
  const message = m && fromFrame(m);
  return message ? { nonce: m.nonce, message } : null;
}

function fromFrame(m: Record<string, unknown>): FromFrame | null {
  const { type, id } = m;
  switch (type) {
    case 'ready':
    case 'live':
    case 'ended':
      return { type };
    case 'sendMessage':
      return isText(id, maxId) && isText(m['text'], maxText) ? { type, id, text: m['text'] } : null;
    case 'expand':
      return typeof m['full'] === 'boolean' ? { type, full: m['full'] } : null;
    case 'findCases': // no text means those of the customer
      return isText(id, maxId) && (m['text'] === '' || isText(m['text'], maxTitle)) ? { type, id, text: m['text'] } : null;
    case 'linkCase':
      return isText(id, maxId) && isText(m['case'], maxId) ? { type, id, case: m['case'] } : null;
    case 'createCase':
      return isText(id, maxId) && isText(m['title'], maxTitle) ? { type, id, title: m['title'] } : null;
    case 'private':
      return typeof m['on'] === 'boolean' ? { type, on: m['on'] } : null;
    default:
      return null;
  }
}

export function parseFromDesk(data: unknown): Received<FromDesk> | null {
  const m = opened(data);
  const message = m && fromDesk(m);
  return message ? { nonce: m.nonce, message } : null;
}

function fromDesk(m: Record<string, unknown>): FromDesk | null {
  const { type, id } = m;
  switch (type) {
    case 'hello':
      return Array.isArray(m['features']) ? { type, features: m['features'].filter(isFeature) } : null;
    case 'sent':
      return isText(id, maxId) && typeof m['ok'] === 'boolean' ? { type, id, ok: m['ok'], box: m['box'] === true } : null;
    case 'cases':
      if (!isText(id, maxId) || typeof m['ok'] !== 'boolean' || !Array.isArray(m['cases'])) return null;
      return { type, id, ok: m['ok'], cases: m['cases'].filter(isCase).slice(0, maxCases) };
    case 'linked':
      return isText(id, maxId) && typeof m['ok'] === 'boolean' ? { type, id, ok: m['ok'] } : null;
    case 'recording':
      return typeof m['paused'] === 'boolean' ? { type, paused: m['paused'] } : null;
    default:
      return null;
  }
}

function opened(data: unknown): (Record<string, unknown> & { nonce: string }) | null {
  if (typeof data !== 'object' || data === null) return null;
  const m = data as Record<string, unknown>;
  return m['cobrowse'] === 1 && isText(m['nonce'], maxId) ? m as Record<string, unknown> & { nonce: string } : null;
}

function isText(v: unknown, max: number): v is string {
  return typeof v === 'string' && v !== '' && v.length <= max;
}

function isFeature(v: unknown): v is Feature {
  return features.includes(v as Feature);
}

function isCase(v: unknown): v is Case {
  const c = v as Case | null;
  return typeof c === 'object' && c !== null && isText(c.id, maxId) && typeof c.title === 'string' && typeof c.number === 'string';
}
