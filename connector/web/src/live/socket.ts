// The live socket: says hello, reconnects for as long as the session may still be there, measures the round trip.
import type { ClientMessage, ServerMessage, Viewport } from './messages';
import { backoff } from './backoff';

/** Closes after which the same token will not get in again. */
export type FinalClose = 'over' | 'elsewhere' | 'denied' | 'unknown';

const finalCloses: Record<number, FinalClose> = { 1000: 'over', 4001: 'elsewhere', 4003: 'denied', 4004: 'unknown' };

export type LiveStatus =
  | { kind: 'connecting' }
  | { kind: 'open' }
  | { kind: 'retrying' }
  | { kind: 'closed'; why: FinalClose };

export interface LiveOptions {
  /** ws(s)://…/v1/live */
  url: string;
  token: string;
  lang: string;
  /** Asked at every hello, as a phone may have been turned meanwhile. */
  viewport: () => Viewport;
  /** Best first; see supportedCodecs(). */
  codecs: string[];
  onMessage: (message: ServerMessage) => void;
  onPicture: (frame: ArrayBuffer) => void;
  onStatus: (status: LiveStatus) => void;
  /** Milliseconds there and back, every few seconds. */
  onRoundTrip?: (ms: number) => void;
}

export interface Live {
  /** False when the socket is not open: the message is gone, nothing is queued, as input that arrives late does harm. */
  send: (message: ClientMessage) => boolean;
  /** Ends the connection, not the session. */
  close: () => void;
}

const pingEvery = 5_000;
const silenceAllowed = 12_000;

export function connect(options: LiveOptions): Live {
  const connection = new Connection(options);
  connection.open();
  return { send: (m) => connection.send(m), close: () => connection.stop() };
}

class Connection {
  private socket: WebSocket | undefined;
  private welcomed = false;
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pings: ReturnType<typeof setInterval> | undefined;
  private heard = 0;
  private readonly wake = () => this.reconnectNow();

  constructor(private readonly options: LiveOptions) {
    window.addEventListener('online', this.wake);
    document.addEventListener('visibilitychange', this.wake);
  }

  open(): void {
    this.options.onStatus({ kind: this.failures === 0 ? 'connecting' : 'retrying' });
    const socket = new WebSocket(this.options.url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.welcomed = false;
    this.heard = performance.now();
    socket.onopen = () => this.hello(socket);
    socket.onmessage = (e: MessageEvent<string | ArrayBuffer>) => this.receive(socket, e.data);
    socket.onclose = (e) => this.closed(socket, e.code);
    clearInterval(this.pings);
    this.pings = setInterval(() => this.check(socket), pingEvery);
  }

  send(message: ClientMessage | { type: 'ping'; t: number }): boolean {
    if (!this.welcomed || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  stop(): void {
    const socket = this.socket;
    this.forget();
    window.removeEventListener('online', this.wake);
    document.removeEventListener('visibilitychange', this.wake);
    socket?.close(1000);
  }

  private hello(socket: WebSocket): void {
    const { token, codecs, lang, viewport } = this.options;
    socket.send(JSON.stringify({ type: 'hello', v: 1, token, codecs, viewport: viewport(), lang }));
  }

  private receive(socket: WebSocket, data: string | ArrayBuffer): void {
    if (socket !== this.socket) return;
    this.heard = performance.now();
    if (typeof data !== 'string') {
      this.options.onPicture(data);
      return;
    }
    const message = JSON.parse(data) as ServerMessage;
    if (message.type === 'pong') {
      this.options.onRoundTrip?.(performance.now() - message.t);
      return;
    }
    if (message.type === 'welcome') {
      this.welcomed = true;
      this.failures = 0;
      this.options.onStatus({ kind: 'open' });
      this.send({ type: 'ping', t: performance.now() });
    }
    this.options.onMessage(message);
  }

  /** A phone that changed networks keeps a dead socket for minutes unless somebody looks. */
  private check(socket: WebSocket): void {
    if (performance.now() - this.heard > silenceAllowed) {
      socket.close();
      this.closed(socket, 1006);
      return;
    }
    this.send({ type: 'ping', t: performance.now() });
  }

  private closed(socket: WebSocket, code: number): void {
    if (socket !== this.socket) return;
    this.forget();
    const why = finalCloses[code];
    if (why) {
      this.stop();
      this.options.onStatus({ kind: 'closed', why });
      return;
    }
    this.failures++;
    this.options.onStatus({ kind: 'retrying' });
    this.retry = setTimeout(() => this.open(), backoff(this.failures, Math.random()));
  }

  private forget(): void {
    this.socket = undefined;
    this.welcomed = false;
    clearInterval(this.pings);
    clearTimeout(this.retry);
    this.retry = undefined;
  }

  private reconnectNow(): void {
    if (this.retry === undefined || document.visibilityState === 'hidden') return;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.open();
  }
}
