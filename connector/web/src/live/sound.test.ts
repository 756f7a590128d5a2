import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playAt, Sound } from './sound';
import type { ClientMessage } from './messages';

test('sound begins a little late, goes on without a break and never falls far behind', () => {
  const first = playAt(0, 10);
  assert.equal(first, 10.08);
  assert.equal(playAt(10.1, 10.02), 10.1);
  assert.equal(playAt(10.12, 10.13), 10.21); // a packet came too late
  assert.equal(playAt(10.5, 10.2), undefined); // too many came at once
});

test('sound is asked for after a press, and again on every new connection', () => {
  Object.assign(globalThis, { AudioContext: class { resume() {} close() {} } });
  const sent: ClientMessage[] = [];
  const sound = new Sound((m) => sent.push(m) > 0);
  sound.welcomed();
  assert.equal(sent.length, 0);
  sound.turn(true);
  sound.welcomed();
  sound.turn(false);
  sound.welcomed();
  assert.deepEqual(sent.map((m) => m.type === 'sound' && m.on), [true, true, false]);
});

test('what was on its way when it must be silent is not heard, and what comes later is', () => {
  const decoders: { state: string }[] = [];
  class AudioDecoder {
    state = 'configured';
    constructor() { decoders.push(this); }
    configure() {}
    decode() {}
    close() { this.state = 'closed'; }
  }
  Object.assign(globalThis, { AudioContext: class { resume() {} close() {} }, AudioDecoder, EncodedAudioChunk: class {} });
  const packet = new Uint8Array(25);
  packet.set([1, 0, 1]);
  const sound = new Sound(() => true);
  sound.turn(true);
  sound.push(packet.buffer);
  sound.forget();
  sound.forget();
  assert.deepEqual(decoders.map((d) => d.state), ['closed']);
  sound.push(packet.buffer);
  assert.deepEqual(decoders.map((d) => d.state), ['closed', 'configured']);
  assert.ok(sound.on);
});
