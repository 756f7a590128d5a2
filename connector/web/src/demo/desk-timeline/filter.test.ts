import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileSize, shown, type Entry } from './filter';

const entries: Entry[] = [
  { id: 'a', kind: 'activity', subject: 'Co-browse with Maria', author: 'Ana', at: '2026-11-23T10:00:00Z', fields: [{ label: 'Outcome', value: 'Solved' }] },
  { id: 'n', kind: 'note', subject: 'Summary', author: 'Ana', at: '2026-11-23T10:00:05Z', html: '<p>Visited <b>Checkout</b></p>', file: { id: 'f', name: 'session.webm', type: 'video/webm', size: 9 } },
  { id: 'o', kind: 'note', subject: 'Earlier', author: 'Ben', at: '2026-11-20T10:00:00Z' },
];
const ids = (list: Entry[]): string => list.map((e) => e.id).join('');

test('newest first, by kind and by words', () => {
  assert.equal(ids(shown(entries, 'all', '')), 'nao');
  assert.equal(ids(shown(entries, 'note', '')), 'no');
  assert.equal(ids(shown(entries, 'activity', '')), 'a');
  assert.equal(ids(shown(entries, 'file', '')), 'n');
  assert.equal(ids(shown(entries, 'all', ' CHECKOUT ')), 'n');
  assert.equal(ids(shown(entries, 'all', 'solved')), 'a');
  assert.equal(ids(shown(entries, 'note', 'maria')), '');
});

test('sizes of files', () => {
  for (const [bytes, want] of [[9, '9 B'], [2048, '2 KB'], [3_400_000, '3.2 MB']] as const) assert.equal(fileSize(bytes), want);
});
