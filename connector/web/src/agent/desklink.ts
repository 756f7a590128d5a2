import { envelope, parseFromDesk, type Feature, type FromFrame } from '../desk-host/contract';
import type { Incoming, Target } from '../desk-host/bridge';

/** A desk that does not answer within this time did not send. */
const patience = 10_000;

/**
 * The frame's end of its desk. Everything goes to the desk's exact origin, which the service told with the launch; only answers
 * from that origin and window that repeat the nonce count.
 */
export class DeskLink {
  features: Feature[] = [];
  private readonly waiting = new Map<string, (ok: boolean) => void>();
  private count = 0;

  constructor(
    private readonly desk: Target,
    private readonly origin: string,
    private readonly nonce: string,
    private readonly changed: () => void,
  ) {}

  ready(): void {
    this.post({ type: 'ready' });
  }

  can(feature: Feature): boolean {
    return this.features.includes(feature);
  }

  receive(event: Incoming): void {
    if (event.origin !== this.origin || event.source !== this.desk) return;
    const received = parseFromDesk(event.data);
    if (!received || received.nonce !== this.nonce) return;
    const { message } = received;
    if (message.type === 'hello') {
      this.features = message.features;
      this.changed();
    } else {
      this.waiting.get(message.id)?.(message.ok);
    }
  }

  /** Asks the desk to put text into the conversation. False when it cannot, will not or does not answer. */
  sendMessage(text: string): Promise<boolean> {
    if (!this.can('sendMessage')) return Promise.resolve(false);
    const id = `m${++this.count}`;
    return new Promise((resolve) => {
      const done = (ok: boolean): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(ok);
      };
      const timer = setTimeout(() => done(false), patience);
      this.waiting.set(id, done);
      this.post({ type: 'sendMessage', id, text });
    });
  }

  live(): void { this.post({ type: 'live' }); }
  ended(): void { this.post({ type: 'ended' }); }
  expand(full: boolean): void { this.post({ type: 'expand', full }); }

  private post(message: FromFrame): void {
    this.desk.postMessage(envelope(this.nonce, message), this.origin);
  }
}

export function newNonce(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
}
