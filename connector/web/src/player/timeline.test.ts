import assert from 'node:assert/strict';
import test from 'node:test';

import { clock, coverAt, cursorsAt, listed, locate, sizeAt, type Part, type Track, type TrackEvent } from './timeline';

const parts: Part[] = [
  { url: 'a', type: 'video/webm', from: 0, to: 4000 },
  { url: 'b', type: 'video/webm', from: 4500, to: 9000 },
];

const track = (events: TrackEvent[]): Track => ({ v: 1, width: 1280, height: 720, events });

test('a moment is found in its part', () => {
  assert.deepEqual(locate(parts, 0), { index: 0, seconds: 0 });
  assert.deepEqual(locate(parts, 3999), { index: 0, seconds: 3.999 });
  assert.deepEqual(locate(parts, 4200), { index: 1, seconds: 0 });
  assert.deepEqual(locate(parts, 6000), { index: 1, seconds: 1.5 });
  assert.deepEqual(locate(parts, 99_000), { index: 1, seconds: 4.5 });
  assert.deepEqual(locate([], 5), { index: 0, seconds: 0 });
});

test('cursors are the newest of each person and go when they rest', () => {
  const t = track([
    { at: 0, kind: 'cursor', by: 'agent', name: 'Ana', x: 1, y: 1 },
    { at: 100, kind: 'cursor', by: 'agent', name: 'Ana', x: 2, y: 2 },
    { at: 150, kind: 'cursor', by: 'customer', name: 'Julia', x: 9, y: 9 },
    { at: 5000, kind: 'cursor', by: 'agent', name: 'Ana', x: 3, y: 3 },
  ]);
  assert.deepEqual(cursorsAt(t, 200).map((c) => c.x), [2, 9]);
  assert.deepEqual(cursorsAt(t, 4500), []);
  assert.deepEqual(cursorsAt(t, 5000).map((c) => c.x), [3]);
});

test('the size follows the viewport', () => {
  const t = track([{ at: 1000, kind: 'viewport', width: 390, height: 844 }]);
  assert.deepEqual(sizeAt(t, 999), { width: 1280, height: 720 });
  assert.deepEqual(sizeAt(t, 1000), { width: 390, height: 844 });
});

test('a pause covers the picture, whatever the gate says', () => {
  const t = track([
    { at: 0, kind: 'gate', what: 'loading' },
    { at: 100, kind: 'gate', what: 'open' },
    { at: 1000, kind: 'pause' },
    { at: 2000, kind: 'resume' },
  ]);
  assert.equal(coverAt(t, 50), 'covered');
  assert.equal(coverAt(t, 500), null);
  assert.equal(coverAt(t, 1500), 'paused');
  assert.equal(coverAt(t, 2500), null);
});

test('a page that only the customer saw is named as such', () => {
  const t = track([{ at: 0, kind: 'gate', what: 'open' }, { at: 1000, kind: 'gate', what: 'private' }, { at: 2000, kind: 'gate', what: 'open' }]);
  assert.deepEqual([500, 1500, 2500].map((at) => coverAt(t, at)), [null, 'private', null]);
});

test('typing is one line, clicks are one each, cursors none', () => {
  const key = (at: number): TrackEvent => ({ at, kind: 'input', by: 'customer', what: 'key' });
  const t = track([
    key(0), key(200), { at: 250, kind: 'cursor', by: 'agent' }, key(400),
    { at: 500, kind: 'input', by: 'agent', what: 'click' }, { at: 600, kind: 'input', by: 'agent', what: 'click' },
    key(9000), { at: 9100, kind: 'refusal', what: 'Buy now' },
  ]);
  assert.deepEqual(listed(t).map((l) => [l.event.what, l.count, l.group]), [
    ['key', 3, 'actions'], ['click', 1, 'actions'], ['click', 1, 'actions'], ['key', 1, 'actions'], ['Buy now', 1, 'refusals'],
  ]);
});

test('clock', () => {
  assert.equal(clock(65_000), '1:05');
  assert.equal(clock(3_600_000), '1:00:00');
  assert.equal(clock(-5), '0:00');
});
