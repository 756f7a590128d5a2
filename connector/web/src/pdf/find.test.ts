import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesIn, type Text } from './find';

const line = (text: string, hidden = false): Text => ({ text, startsLine: true, hidden });

test('words are found without case, accents and line ends', () => {
  const pieces = [line('Condições de'), line('Venda,  and the café')];
  assert.deepEqual(matchesIn(pieces, 'CONDICOES de venda'), [{ from: { piece: 0, at: 0 }, to: { piece: 1, at: 4 } }]);
  assert.deepEqual(matchesIn(pieces, ' Cafe '), [{ from: { piece: 1, at: 16 }, to: { piece: 1, at: 19 } }]);
  assert.equal(matchesIn([line('ﬁne, fine')], 'fine').length, 2);
  assert.equal(matchesIn([line('aaaa')], 'aa').length, 2);
  assert.equal(matchesIn([line('anything')], '  ').length, 0);
});

test('pieces of one line are one text', () => {
  assert.equal(matchesIn([line('41'), { text: '11', startsLine: false, hidden: false }], '4111').length, 1);
});

test('what is hidden is not found, and joins nothing', () => {
  const pieces = [line('IBAN'), line('DE89', true), line('of Ana')];
  for (const query of ['de89', 'iban de89', 'iban of', 'ibanof', '\u0000', 'n\u0000o']) assert.deepEqual(matchesIn(pieces, query), [], query);
  assert.equal(matchesIn(pieces, 'of ana').length, 1);
});
