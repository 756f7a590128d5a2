import { envelope, parseFromFrame, type Feature, type FromDesk, type FromFrame } from './contract';

/** What the desk does for its frame. */
interface DeskActions {
  features: Feature[];
  sendMessage(text: string): Promise<void>;
  live(): void;
  ended(): void;
  expand(full: boolean): void;
}

/** The part of a MessageEvent that counts; lets tests speak without a browser. */
export interface Incoming {
  origin: string;
  source: unknown;
  data: unknown;
}

export interface Target {
  postMessage(message: unknown, targetOrigin: string): void;
}

/**
 * The desk's end of one frame. It believes only messages that come from that frame's window, from the product's exact origin
 * and, after the first `ready`, with the nonce of that `ready`. A reloaded frame says `ready` again with a new nonce.
 */
export class Bridge {
  private nonce = '';

  constructor(
    private readonly service: string,
    private readonly frame: () => (Target & object) | null,
    private readonly desk: DeskActions,
  ) {}

  receive(event: Incoming): void {
    if (event.origin !== this.service || event.source !== this.frame()) return;
    const received = parseFromFrame(event.data);
    if (!received) return;
    const { nonce, message } = received;
    if (message.type === 'ready') {
      this.nonce = nonce;
      this.post({ type: 'hello', features: this.desk.features });
      return;
    }
    if (this.nonce !== '' && nonce === this.nonce) this.act(message);
  }

  private act(message: FromFrame): void {
    switch (message.type) {
      case 'sendMessage':
        this.desk.sendMessage(message.text).then(
          () => this.post({ type: 'sent', id: message.id, ok: true }),
          () => this.post({ type: 'sent', id: message.id, ok: false }),
        );
        return;
      case 'live':
        this.desk.live();
        return;
      case 'ended':
        this.desk.ended();
        return;
      case 'expand':
        this.desk.expand(message.full);
    }
  }

  private post(message: FromDesk): void {
    this.frame()?.postMessage(envelope(this.nonce, message), this.service);
  }
}
