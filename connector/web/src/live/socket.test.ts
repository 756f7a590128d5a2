import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { connect, type LiveStatus } from './socket';

class FakeSocket {
  static OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  binaryType = '';
  sent: Record<string, unknown>[] = [];
  onopen?: () => void;
  onmessage?: (e: { data: unknown }) => void;
  onclose?: (e: { code: number }) => void;
  constructor(readonly url: string) { FakeSocket.all.push(this); }
  send(text: string): void { this.sent.push(JSON.parse(text) as Record<string, unknown>); }
  close(): void { this.readyState = 3; }
  accept(): void { this.readyState = 1; this.onopen?.(); }
  say(message: object): void { this.onmessage?.({ data: JSON.stringify(message) }); }
  drop(code: number): void { this.readyState = 3; this.onclose?.({ code }); }
}

function scene(t: TestContext) {
  let now = 0;
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  t.mock.method(performance, 'now', () => now);
  FakeSocket.all = [];
  const visibility = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  Object.assign(globalThis, { WebSocket: FakeSocket, window: new EventTarget(), document: visibility });
  Object.defineProperty(globalThis, 'navigator', { value: { language: 'pt-BR' }, configurable: true });
  const statuses: LiveStatus[] = [];
  const live = connect({
    url: 'wss://service/v1/live', token: 'secret', codecs: ['a'],
    viewport: () => ({ width: 390, height: 700, scale: 1, mobile: true }),
    onMessage: () => undefined, onPicture: () => undefined,
    onStatus: (s) => statuses.push(s),
  });
  const tick = (ms: number, late = 0) => { now += ms + late; t.mock.timers.tick(ms); };
  const last = () => FakeSocket.all[FakeSocket.all.length - 1] as FakeSocket;
  return { live, statuses, tick, last };
}

const kinds = (statuses: LiveStatus[]) => statuses.map((s) => s.kind);

test('says hello first and sends only after the welcome', (t) => {
  const { live, last } = scene(t);
  last().accept();
  assert.equal(last().sent[0]?.['type'], 'hello');
  assert.equal(last().sent[0]?.['token'], 'secret');
  assert.equal(last().sent[0]?.['lang'], 'pt-BR'); // the person's, whatever language our texts are in
  assert.equal(live.send({ type: 'pause' }), false);
  last().say({ type: 'welcome' });
  assert.equal(live.send({ type: 'pause' }), true);
  assert.deepEqual(last().sent.map((m) => m['type']), ['hello', 'pause']);
  live.close();
});

test('comes back after a loss, and at once when the network or the person does', (t) => {
  const { live, last, statuses, tick } = scene(t);
  last().accept();
  last().say({ type: 'welcome' });
  last().drop(1006);
  assert.equal(FakeSocket.all.length, 1);
  tick(301);
  assert.equal(FakeSocket.all.length, 2);
  last().drop(1013);
  window.dispatchEvent(new Event('online'));
  assert.equal(FakeSocket.all.length, 3);
  last().accept();
  last().say({ type: 'welcome' });
  assert.equal(kinds(statuses).at(-1), 'open');
  live.close();
});

test('stays away after a final close', (t) => {
  for (const [code, why] of [[1000, 'over'], [4001, 'elsewhere'], [4003, 'denied'], [4004, 'unknown']] as const) {
    t.mock.timers.reset();
    t.mock.restoreAll();
    const { last, statuses, tick } = scene(t);
    last().accept();
    last().drop(code);
    window.dispatchEvent(new Event('online'));
    tick(60_000);
    assert.equal(FakeSocket.all.length, 1);
    assert.deepEqual(statuses.at(-1), { kind: 'closed', why });
  }
});

test('who leaves the page is gone at once, and there again when they come back to it', (t) => {
  const { live, last, statuses } = scene(t);
  last().accept();
  last().say({ type: 'welcome' });
  document.dispatchEvent(new Event('visibilitychange'));
  window.dispatchEvent(new Event('pagehide'));
  assert.deepEqual([last().readyState, kinds(statuses).at(-1)], [3, 'retrying']);
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(FakeSocket.all.length, 2);
  live.close();
});

test('a silent connection is given up', (t) => {
  const { live, last, statuses, tick } = scene(t);
  last().accept();
  last().say({ type: 'welcome' });
  for (let i = 0; i < 3; i++) tick(5_000);
  assert.equal(kinds(statuses).at(-1), 'retrying');
  live.close();
});

test('what an answer took is said with the next ping, and not of another connection', (t) => {
  const { live, last, tick } = scene(t);
  const ping = () => last().sent.findLast((m) => m['type'] === 'ping');
  last().accept();
  last().say({ type: 'welcome' });
  tick(5_000);
  assert.deepEqual(ping(), { type: 'ping', t: 5_000 });
  tick(42);
  last().say({ type: 'pong', t: 5_000 });
  tick(4_958);
  assert.deepEqual(ping(), { type: 'ping', t: 10_000, rtt: 42 });
  last().drop(1006);
  tick(301);
  last().accept();
  last().say({ type: 'welcome' });
  tick(5_000);
  assert.equal(ping()?.['rtt'], undefined);
  live.close();
});

test('a hidden tab, whose timers run once a minute, keeps its connection', (t) => {
  const { live, last, statuses, tick } = scene(t);
  last().accept();
  last().say({ type: 'welcome' });
  for (let i = 0; i < 5; i++) {
    tick(5_000, 55_000);
    last().say({ type: 'pong', t: 0 });
  }
  assert.deepEqual(kinds(statuses), ['connecting', 'open']);
  live.close();
});

test('what is insisted on is said after every welcome until the session is over', (t) => {
  const { live, last, tick } = scene(t);
  const said = () => last().sent.map((m) => m['type']);
  last().accept();
  live.insist({ type: 'end', outcome: 'solved' });
  assert.deepEqual(said(), ['hello']);
  for (let i = 0; i < 2; i++) {
    last().drop(1006);
    tick(301);
    last().accept();
    last().say({ type: 'welcome' });
    assert.deepEqual(last().sent.at(-1), { type: 'end', outcome: 'solved' });
  }
  last().drop(1000);
  tick(60_000);
  assert.equal(FakeSocket.all.length, 3);
});
