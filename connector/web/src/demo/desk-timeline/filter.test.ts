import assert from 'node:assert/strict';
import { test } from 'node:test';
import { language } from '../../i18n';
import { byDay, everything, facets, fileSize, isFiltered, said, shown, toggled, values, type Entry, type Wanted } from './filter';
import { catalogues } from '../texts';

const entries: Entry[] = [
  { id: 'a', kind: 'activity', activity: 'cob_cobrowsesession', subject: 'With Maria', author: 'Ana', at: '2026-11-23T10:00:00Z', status: 'Completed', fields: [{ label: 'outcome', value: 'Solved' }] },
  { id: 'n', kind: 'note', subject: 'Summary', author: 'Ana', at: '2026-11-23T10:00:05Z', html: '<p>Visited <b>Checkout</b></p>', file: { id: 'f', name: 'session.webm', type: 'video/webm', size: 9 } },
  { id: 'o', kind: 'note', subject: 'Earlier', author: 'Ben', at: '2026-11-20T10:00:00Z' },
  { id: 'p', kind: 'activity', activity: 'phonecall', subject: 'Call', author: 'Ben', at: '2026-11-01T10:00:00Z', status: 'Open' },
];
const now = Date.parse('2026-11-23T12:00:00Z');
const inEnglish = language(catalogues, ['en']).t;
const inPortuguese = language(catalogues, ['pt-PT']).t;
const ids = (w: Partial<Wanted>, t = inEnglish): string => shown(entries, { ...everything, ...w }, now, t).map((e) => e.id).join('');

test('sorted both ways, searched in all that a card shows', () => {
  assert.equal(ids({}), 'naop');
  assert.equal(ids({ oldestFirst: true }), 'poan');
  assert.equal(ids({ words: ' CHECKOUT ' }), 'n');
  assert.equal(ids({ words: 'solved' }), 'a');
  assert.equal(ids({ words: 'co-browse session' }), 'a');
  assert.equal(ids({ words: 'webm' }), 'n');
  assert.equal(ids({ words: 'chamada telefônica' }, inPortuguese), 'p');
  assert.equal(ids({ words: 'concluída' }, inPortuguese), 'a');
});

test('values of one facet add up, facets narrow each other', () => {
  assert.equal(ids({ chosen: { record: ['note'] } }), 'no');
  assert.equal(ids({ chosen: { record: ['note', 'activity'] } }), 'naop');
  assert.equal(ids({ chosen: { record: ['note'], author: ['Ben'] } }), 'o');
  assert.equal(ids({ chosen: { activity: ['phonecall'] } }), 'p');
  assert.equal(ids({ chosen: { status: ['closed'] } }), 'a');
  assert.equal(ids({ chosen: { reason: ['Open'] } }), 'p');
  assert.equal(ids({ chosen: { attachment: ['file'] } }), 'n');
  assert.equal(ids({ hours: 24 }), 'na');
  assert.equal(ids({ hours: 30 * 24 }), 'naop');
  assert.equal(ids({ hours: 7 * 24, words: 'earlier' }), 'o');
});

test('facets tell how often a value occurs, and remember what was chosen', () => {
  assert.deepEqual(values(entries, 'author'), [['Ana', 2], ['Ben', 2]]);
  assert.deepEqual(values(entries, 'reason'), [['Completed', 1], ['Open', 1]]);
  const once = toggled(everything, 'author', 'Ana');
  assert.ok(isFiltered(once) && !isFiltered(toggled(once, 'author', 'Ana')) && isFiltered({ ...everything, hours: 24 }));
});

test('every value has its words in both languages', () => {
  for (const t of [inEnglish, inPortuguese]) {
    for (const facet of facets) {
      for (const [value] of values(entries, facet)) assert.doesNotMatch(said(facet, value, t), /\./, `${facet} ${value}`);
    }
    assert.equal(said('author', '', t), t('system'));
  }
});

test('days in the order of the entries', () => {
  assert.deepEqual(byDay(shown(entries, everything, now, inEnglish)).map(([, list]) => list.length), [2, 1, 1]);
});

test('sizes of files', () => {
  for (const [bytes, want] of [[9, '9 B'], [2048, '2 KB'], [3_400_000, '3.2 MB']] as const) assert.equal(fileSize(bytes), want);
});
