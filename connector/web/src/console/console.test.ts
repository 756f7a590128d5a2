import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../http';
import { changes, countIn, isPaused, newID, numbersIn, policyOf, rebase, siteMatches, titleOf, wellness, wordsOf, type Health } from './policy';
import { consoleLanguage, saying } from './texts';

const kinds = ['card', 'email', 'phone'];

test('what the service leaves out is there', () => {
  assert.deepEqual(policyOf({ masks: null as never }).masks, []);
  assert.equal(policyOf({}).pii, null);
});

test('changes are told one by one', () => {
  const a = policyOf({ masks: [{ id: 'x', selector: 'a' }, { id: 'y', selector: 'b' }] });
  const b = policyOf({ masks: [{ id: 'y', selector: 'c' }, { id: 'z', selector: 'd' }], hideLinks: true });
  assert.deepEqual(changes(a, b, kinds).map((c) => `${c.kind} ${c.id}`).sort(), ['added z', 'changed hideLinks', 'changed y', 'removed x']);
  assert.deepEqual(changes(a, a, kinds), []);
});

test('two administrators lose nothing of each other', () => {
  const base = policyOf({ masks: [{ id: 'x', selector: 'a' }, { id: 'gone', selector: 'b' }], guards: [{ id: 'g', name: 'Pay' }] });
  const mine = policyOf({ ...base, masks: [{ id: 'x', selector: 'mine' }, { id: 'new', selector: 'n' }], fieldsOnly: true });
  const theirs = policyOf({ ...base, masks: [...base.masks, { id: 'theirs', selector: 't' }], guards: [], hideLinks: true });
  const both = rebase(base, mine, theirs, kinds);
  assert.deepEqual(both.masks, [{ id: 'x', selector: 'mine' }, { id: 'theirs', selector: 't' }, { id: 'new', selector: 'n' }]);
  assert.deepEqual(both.guards, []);
  assert.equal(both.fieldsOnly && both.hideLinks, true);
});

test('two administrators lose nothing of each other, site by site and kind by kind', () => {
  const base = policyOf({ modes: [{ site: 'a', mode: 'inputs' }, { site: 'b', mode: 'text' }], pii: ['card', 'phone'] });
  const mine = policyOf({ modes: [{ site: 'a', mode: 'listed' }, { mode: 'inputs' }], pii: ['card'] });
  const theirs = policyOf({ modes: [...base.modes, { site: 'c', mode: 'text' }], pii: null });
  assert.deepEqual(changes(base, mine, kinds).map((c) => `${c.list} ${c.kind} ${c.id}`),
    ['pii removed phone', 'modes changed a', 'modes added ', 'modes removed b']);
  const both = rebase(base, mine, theirs, kinds);
  assert.deepEqual(both.modes, [{ site: 'a', mode: 'listed' }, { site: 'c', mode: 'text' }, { mode: 'inputs' }]);
  assert.deepEqual(both.pii, ['card', 'email']);
  assert.equal(rebase(theirs, { ...theirs, pii: null }, base, kinds).pii, base.pii); // who touched nothing takes nothing back
  assert.equal(rebase(base, { ...base, pii: ['card', 'email', 'phone'] }, base, kinds).pii, null);
});

test('two administrators lose nothing of each other, setting by setting', () => {
  const base = policyOf({ ports: [8443], maxTabs: 4 });
  const both = rebase(base, { ...base, ports: [8443, 9443], refusedFiles: [] }, { ...base, maxTabs: 2, mobileAgent: false }, kinds);
  assert.deepEqual([both.ports, both.refusedFiles, both.maxTabs, both.mobileAgent], [[8443, 9443], [], 2, false]);
  assert.deepEqual(changes(base, both, kinds).map((c) => c.id), ['maxTabs', 'mobileAgent', 'ports', 'refusedFiles']);
});

test('a company that says nothing has the usual browser', () => {
  const { maxTabs, mobileAgent, ports, refusedFiles } = policyOf({});
  assert.deepEqual([maxTabs, mobileAgent, ports, refusedFiles], [0, true, [], null]);
});

test('numbers are found in what people write', () => {
  assert.deepEqual(numbersIn('8443, 9443;abc 9999999'), [8443, 9443, 99_999]);
});

test('a rule is called by what it is about', () => {
  for (const [selector, want] of [
    ['#accountBalance', 'account balance'], ['input[name="card-number"]', 'card number'], ['form#billing input[autocomplete~="cc-csc"]', 'cc csc'],
    ['body > div:nth-of-type(2) > span', 'span'], ['.order-total', 'order total'], ['button[aria-label="Delete account"]', 'delete account'],
  ] as const) assert.equal(wordsOf(selector), want);
  assert.match(newID('Cartão de crédito!'), /^cartao-de-credito-[a-z0-9]{4}$/);
  assert.equal(titleOf(newID('Card number')), 'Card number');
  assert.equal(titleOf(newID('')), '');
});

test('a rule that finds nothing any more is lost', () => {
  const h = (over: Partial<Health>): Health => ({ rule: 'm', host: 'a', sessions: 9, pages: 9, matched: 0, missed: 9, matchedAt: null, ...over });
  assert.equal(wellness('m', []).kind, 'unseen');
  assert.equal(wellness('m', [h({ missed: 4 })]).kind, 'waiting');
  assert.equal(wellness('m', [h({})]).kind, 'lost');
  assert.equal(wellness('m', [h({ matched: 3, matchedAt: '2026-01-01T00:00:00Z' })]).kind, 'lost'); // it found things once
  assert.equal(wellness('m', [h({}), h({ host: 'b', missed: 0, matchedAt: '2026-01-01T00:00:00Z' })]).kind, 'well'); // elsewhere it still does
});

test('pages that only the customer sees', () => {
  const pauses = [{ id: 'a', url: 'bank.example/statements/*' }, { id: 'b', url: 'shop.example/account' }, { id: 'c', url: 'x.example/p?id=*' }];
  for (const [url, want] of [['https://bank.example/statements/7?x#y', true], ['https://bank.example/', false], ['http://shop.example:8080/account?q', true],
    ['http://shop.example/account/more', false], ['https://x.example/p?id=1', true], ['https://x.example/p', false]] as const) assert.equal(isPaused(url, pauses), want, url);
});

test('a kept page is parsed once, and each question about it answered once', (t) => {
  let parsed = 0, asked = 0;
  const tree = { querySelectorAll: (selector: string) => { asked++; return selector === 'template' ? [] : [1, 2]; } };
  Object.assign(globalThis, { DOMParser: class { parseFromString() { parsed++; return tree; } } });
  t.after(() => { Reflect.deleteProperty(globalThis, 'DOMParser'); });
  const documents = [{ host: 'a.example', html: '<p>' }];
  for (let i = 0; i < 3; i++) {
    assert.equal(countIn(documents, 'a.example', '#x'), 2);
    assert.equal(countIn(documents, 'b.example', '#x'), 0);
    assert.equal(countIn(documents, '', '[title="x"]'), null);
  }
  assert.deepEqual([parsed, asked], [1, 2]); // the other is for the trees in it
});

test('sites are matched as in the pages', () => {
  for (const [site, host, want] of [['', 'x', true], ['a.example', 'a.example', true], ['a.example', 'b.a.example', false], ['*.a.example', 'b.a.example', true], ['*.a.example', 'a.example', true], ['*.a.example', 'ba.example', false]] as const)
    assert.equal(siteMatches(site, host), want, `${site} ${host}`);
});

test('what went wrong is never said in the words of the service', () => {
  const { t } = consoleLanguage(['pt-BR']);
  for (const reason of ['shape_unknown', 'page_busy', 'unheard_of']) assert.match(saying(t, new Problem(reason, 400)), /página|errado/, reason);
});
