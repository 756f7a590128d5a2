import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Quality } from './messages';
import { qualityKey, qualityNow } from './quality';

test('one’s own lost connection comes before what was told last', () => {
  const told: Quality = { level: 'slow', reason: 'other', rtt: 42 };
  assert.equal(qualityNow(told, true), told);
  assert.deepEqual(qualityNow(told, false), { level: 'reconnecting', reason: 'you', rtt: 0 });
  assert.equal(qualityNow(undefined, true), undefined);
});

test('each level has its words', () => {
  const key = (level: Quality['level'], reason: Quality['reason']) => qualityKey({ level, reason, rtt: 1 });
  assert.deepEqual([key('good', ''), key('slow', 'you'), key('slow', 'other'), key('slow', 'host'), key('reconnecting', 'other')],
    ['quality.good', 'quality.slow.you', 'quality.slow.other', 'quality.slow.host', 'quality.reconnecting.other']);
});
