import { envelope, parseFromDesk, type Case, type Feature, type FromDesk, type FromFrame } from '../desk-host/contract';
import type { Incoming, Target } from '../desk-host/bridge';

type Answer = Extract<FromDesk, { id: string }>;

/** A desk that does not answer within this time did not do it. */
const patience = 10_000;

/**
 * The frame's end of its desk. Everything goes to the desk's exact origin, which the service told with the launch; only answers
 * from that origin and window that repeat the nonce count.
 */
export class DeskLink {
  features: Feature[] = [];
  /** The desk has paused the recording of the call. */
  recordingPaused = false;
  private readonly waiting = new Map<string, (answer: Answer) => void>();
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
    switch (message.type) {
      case 'hello':
        this.features = message.features;
        break;
      case 'recording':
        this.recordingPaused = message.paused;
        break;
      default:
        this.waiting.get(message.id)?.(message);
        return;
    }
    this.changed();
  }

  /** Asks the desk to put text into the conversation. False when it cannot, will not or does not answer. */
  async sendMessage(text: string): Promise<false | 'sent' | 'box'> {
    if (!this.can('sendMessage')) return false;
    const answer = await this.ask((id) => ({ type: 'sendMessage', id, text }));
    if (answer?.type !== 'sent' || !answer.ok) return false;
    return answer.box ? 'box' : 'sent';
  }

  /** The desk's cases that fit the text; without one, those of the customer. Undefined when it does not tell. */
  async findCases(text: string): Promise<Case[] | undefined> {
    const answer = await this.ask((id) => ({ type: 'findCases', id, text }));
    return answer?.type === 'cases' && answer.ok ? answer.cases : undefined;
  }

  linkCase(id: string): Promise<boolean> {
    return this.links((ask) => ({ type: 'linkCase', id: ask, case: id }));
  }

  createCase(title: string): Promise<boolean> {
    return this.links((ask) => ({ type: 'createCase', id: ask, title }));
  }

  live(): void { this.post({ type: 'live' }); }
  ended(): void { this.post({ type: 'ended' }); }
  expand(full: boolean): void { this.post({ type: 'expand', full }); }
  privately(on: boolean): void { this.post({ type: 'private', on }); }

  private async links(message: (id: string) => FromFrame): Promise<boolean> {
    const answer = await this.ask(message);
    return answer?.type === 'linked' && answer.ok;
  }

  private ask(message: (id: string) => FromFrame): Promise<Answer | undefined> {
    const id = `m${++this.count}`;
    return new Promise((resolve) => {
      const done = (answer?: Answer): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(done, patience);
      this.waiting.set(id, done);
      this.post(message(id));
    });
  }

  private post(message: FromFrame): void {
    this.desk.postMessage(envelope(this.nonce, message), this.origin);
  }
}

export function newNonce(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
}
