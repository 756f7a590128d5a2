import { envelope, parseFromFrame, type Case, type Feature, type FromDesk, type FromFrame } from './contract';

/** What a desk does with the cases of its conversation. */
export interface Cases {
  /** Those that fit the text; without one, those of the conversation's customer. */
  find(text: string): Promise<Case[]>;
  link(id: string): Promise<void>;
  /** Makes a case of the customer's and links it. */
  create(title: string): Promise<void>;
}

/** What the desk does for its frame. What it cannot do is not there, and the frame does not offer it. */
export interface DeskActions {
  /** Says where the text is then: sent, or in the agent's send box. */
  sendMessage?: ((text: string) => Promise<'sent' | 'box'>) | undefined;
  expand?: ((full: boolean) => void) | undefined;
  cases?: Cases | undefined;
  /** The customer's focus is in a field that is hidden from agents, or no more. */
  privately?: ((on: boolean) => void) | undefined;
  live(): void;
  ended(): void;
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
      this.post({ type: 'hello', features: featuresOf(this.desk) });
      return;
    }
    if (this.nonce !== '' && nonce === this.nonce) this.act(message);
  }

  /** Tells the frame whether the recording of the call stands still. */
  recording(paused: boolean): void {
    if (this.nonce !== '') this.post({ type: 'recording', paused });
  }

  private act(message: FromFrame): void {
    const { desk } = this;
    switch (message.type) {
      case 'sendMessage':
        void (desk.sendMessage?.(message.text) ?? Promise.reject(new Error('this desk sends nothing'))).then(
          (where) => this.post({ type: 'sent', id: message.id, ok: true, box: where === 'box' }),
          () => this.post({ type: 'sent', id: message.id, ok: false, box: false }),
        );
        return;
      case 'findCases':
        desk.cases?.find(message.text).then(
          (cases) => this.post({ type: 'cases', id: message.id, ok: true, cases }),
          () => this.post({ type: 'cases', id: message.id, ok: false, cases: [] }),
        );
        return;
      case 'linkCase':
        this.linked(message.id, desk.cases?.link(message.case));
        return;
      case 'createCase':
        this.linked(message.id, desk.cases?.create(message.title));
        return;
      case 'private':
        desk.privately?.(message.on);
        return;
      case 'live':
        desk.live();
        return;
      case 'ended':
        desk.ended();
        return;
      case 'expand':
        desk.expand?.(message.full);
    }
  }

  private linked(id: string, done: Promise<void> | undefined): void {
    done?.then(() => this.post({ type: 'linked', id, ok: true }), () => this.post({ type: 'linked', id, ok: false }));
  }

  private post(message: FromDesk): void {
    this.frame()?.postMessage(envelope(this.nonce, message), this.service);
  }
}

function featuresOf(desk: DeskActions): Feature[] {
  const can: [Feature, unknown][] = [['sendMessage', desk.sendMessage], ['expand', desk.expand], ['case', desk.cases], ['recording', desk.privately]];
  return can.filter(([, does]) => does).map(([feature]) => feature);
}
