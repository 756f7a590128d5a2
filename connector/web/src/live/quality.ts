// How the connections of a session do, as a person is told of it.
import type { Quality } from './messages';

/** The service's word, unless this person has no connection to it: that it cannot tell them. */
export function qualityNow(told: Quality | undefined, connected: boolean): Quality | undefined {
  if (connected) return told;
  return { level: 'reconnecting', reason: 'you', rtt: 0 };
}

type Words = 'quality.good' | 'quality.slow.you' | 'quality.slow.other' | 'quality.slow.host' | 'quality.reconnecting.you' | 'quality.reconnecting.other';

/** The catalogues' key for it. */
export function qualityKey({ level, reason }: Quality): Words {
  if (level === 'good') return 'quality.good';
  if (level === 'slow' && reason === 'host') return 'quality.slow.host';
  return `quality.${level}.${reason === 'you' ? 'you' : 'other'}`;
}
