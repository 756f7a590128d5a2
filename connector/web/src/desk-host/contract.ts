// What the product's frame and a desk say to each other, see docs/protocol.md §3. Both sides parse with these functions, so
// that anything else that arrives by postMessage is ignored.

export type Feature = 'sendMessage' | 'expand';

export type FromFrame =
  | { type: 'ready' }
  | { type: 'sendMessage'; id: string; text: string }
  | { type: 'live' }
  | { type: 'ended' }
  | { type: 'expand'; full: boolean };

export type FromDesk =
  | { type: 'hello'; features: Feature[] }
  | { type: 'sent'; id: string; ok: boolean };

interface Received<M> {
  nonce: string;
  message: M;
}

/** Omnichannel's own limit for a message; nothing longer is passed on. */
const maxText = 4000;

export function envelope(nonce: string, message: FromFrame | FromDesk): object {
  return { cobrowse: 1, nonce, ...message };
}

export function parseFromFrame(data: unknown): Received<FromFrame> | null {
  const m = opened(data);
  if (!m) return null;
  switch (m.type) {
    case 'ready':
    case 'live':
    case 'ended':
      return { nonce: m.nonce, message: { type: m.type } };
    case 'sendMessage':
      if (!isText(m.id, 100) || !isText(m.text, maxText)) return null;
      return { nonce: m.nonce, message: { type: 'sendMessage', id: m.id, text: m.text } };
    case 'expand':
      if (typeof m.full !== 'boolean') return null;
      return { nonce: m.nonce, message: { type: 'expand', full: m.full } };
    default:
      return null;
  }
}

export function parseFromDesk(data: unknown): Received<FromDesk> | null {
  const m = opened(data);
  if (!m) return null;
  switch (m.type) {
    case 'hello':
      if (!Array.isArray(m.features)) return null;
      return { nonce: m.nonce, message: { type: 'hello', features: m.features.filter(isFeature) } };
    case 'sent':
      if (!isText(m.id, 100) || typeof m.ok !== 'boolean') return null;
      return { nonce: m.nonce, message: { type: 'sent', id: m.id, ok: m.ok } };
    default:
      return null;
  }
}

function opened(data: unknown): (Record<string, unknown> & { nonce: string; type: string }) | null {
  if (typeof data !== 'object' || data === null) return null;
  const m = data as Record<string, unknown>;
  if (m['cobrowse'] !== 1 || !isText(m['nonce'], 100) || typeof m['type'] !== 'string') return null;
  return m as Record<string, unknown> & { nonce: string; type: string };
}

function isText(v: unknown, max: number): v is string {
  return typeof v === 'string' && v !== '' && v.length <= max;
}

function isFeature(v: unknown): v is Feature {
  return v === 'sendMessage' || v === 'expand';
}
