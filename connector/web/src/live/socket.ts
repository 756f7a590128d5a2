// The live socket: says hello and reconnects for as long as the session may still be there.
import type { ClientMessage, ServerMessage, Viewport } from './messages';
import { backoff } from './backoff';
import { isSound } from './frame';

/** Closes after which the same token will not get in again. */
type FinalClose = 'over' | 'elsewhere' | 'denied' | 'unknown';

const finalCloses: Record<number, FinalClose> = { 1000: 'over', 4001: 'elsewhere', 4003: 'denied', 4004: 'unknown' };

export type LiveStatus =
  | { kind: 'connecting' }
  | { kind: 'open' }
  | { kind: 'retrying' }
  | { kind: 'closed'; why: FinalClose };

interface LiveOptions {
  /** ws(s)://…/v1/live */
  url: string;
  token: string;
  /** Asked at every hello, as a phone may have been turned meanwhile. */
  viewport: () => Viewport;
  /** Best first; see supportedCodecs(). */
  codecs: string[];
  onMessage: (message: ServerMessage) => void;
  onPicture: (frame: ArrayBuffer) => void;
  onSound?: (frame: ArrayBuffer) => void;
  onStatus: (status: LiveStatus) => void;
}

export interface Live {
  /** False when the socket is not open: the message is gone, nothing is queued, as input that arrives late does harm. */
  send: (message: ClientMessage) => boolean;
  /** For what must not be lost, and does no harm when it comes late or twice: sent now and after every welcome, until the session is over. */
  insist: (message: ClientMessage) => void;
  /** Ends the connection, not the session. */
  close: () => void;
}

const pingEvery = 5_000;
/** So many pings in a row may stay unanswered. They are counted and not timed: a hidden tab's timers run once a minute. */
const unansweredAllowed = 2;

export function connect(options: LiveOptions): Live {
  const connection = new Connection(options);
  connection.open();
  return { send: (m) => connection.send(m), insist: (m) => connection.insist(m), close: () => connection.stop() };
}

class Connection {
  private socket: WebSocket | undefined;
  private welcomed = false;
  private failures = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pings: ReturnType<typeof setInterval> | undefined;
  private unanswered = 0;
  /** What the last answer took, in milliseconds. */
  private roundTrip: number | undefined;
  private readonly owed: ClientMessage[] = [];
  private readonly wake = () => this.reconnectNow();
  /** A browser keeps a page that was left, for the way back, and with it a connection on which nobody is. */
  private readonly leave = () => this.socket && this.drop(this.socket);

  constructor(private readonly options: LiveOptions) {
    window.addEventListener('online', this.wake);
    document.addEventListener('visibilitychange', this.wake);
    window.addEventListener('pagehide', this.leave);
  }

  open(): void {
    this.options.onStatus({ kind: this.failures === 0 ? 'connecting' : 'retrying' });
    const socket = new WebSocket(this.options.url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.welcomed = false;
    this.unanswered = 0;
    this.roundTrip = undefined;
    socket.onopen = () => this.hello(socket);
    socket.onmessage = (e: MessageEvent<string | ArrayBuffer>) => this.receive(socket, e.data);
    socket.onclose = (e) => this.closed(socket, e.code);
    clearInterval(this.pings);
    this.pings = setInterval(() => this.check(socket), pingEvery);
  }

  send(message: ClientMessage | { type: 'ping'; t: number; rtt?: number }): boolean {
    if (!this.welcomed || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  insist(message: ClientMessage): void {
    this.owed.push(message);
    this.send(message);
  }

  stop(): void {
    const socket = this.socket;
    this.forget();
    window.removeEventListener('online', this.wake);
    document.removeEventListener('visibilitychange', this.wake);
    window.removeEventListener('pagehide', this.leave);
    socket?.close(1000);
  }

  private hello(socket: WebSocket): void {
    const { token, codecs, viewport } = this.options;
    socket.send(JSON.stringify({ type: 'hello', v: 1, token, codecs, viewport: viewport(), lang: navigator.language }));
  }

  private receive(socket: WebSocket, data: string | ArrayBuffer): void {
    if (socket !== this.socket) return;
    this.unanswered = 0;
    if (typeof data !== 'string') {
      if (isSound(data)) this.options.onSound?.(data);
      else this.options.onPicture(data);
      return;
    }
    const message = JSON.parse(data) as ServerMessage;
    if (message.type === 'pong') {
      this.roundTrip = Math.max(1, Math.round(performance.now() - message.t));
      return;
    }
    if (message.type === 'welcome') {
      this.welcomed = true;
      this.failures = 0;
      this.options.onStatus({ kind: 'open' });
    }
    this.options.onMessage(message);
    if (message.type === 'welcome') this.owed.forEach((m) => this.send(m));
  }

  /** A phone that changed networks keeps a dead socket for minutes unless somebody looks. Until the welcome it is the hello that waits. */
  private check(socket: WebSocket): void {
    if (this.unanswered >= unansweredAllowed) {
      this.drop(socket);
      return;
    }
    this.unanswered++;
    this.send({ type: 'ping', t: performance.now(), ...(this.roundTrip && { rtt: this.roundTrip }) });
  }

  private drop(socket: WebSocket): void {
    socket.close();
    this.closed(socket, 1006);
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
