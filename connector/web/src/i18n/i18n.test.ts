import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { chooseLanguage } from './choose';
import { known, language, translator, type Catalogue } from './index';

// The tests run in the repository's root.
const folder = 'connector/web/src/i18n';
const read = (file: string) => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Catalogue;
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test('every catalogue has the keys and placeholders of English', () => {
  for (const area of ['', 'agent.', 'console.', 'demo.', 'dynamics.', 'entry.', 'host.', 'pdf.', 'player.', 'signin.']) {
    const en = read(`${area}en.json`);
    const others = readdirSync(folder).filter((file) => file.startsWith(area) && /^[a-z]{2}(-[A-Z]{2})?\.json$/.test(file.slice(area.length)));
    assert.ok(others.length > 1, area);
    for (const file of others) {
      const catalogue = read(file);
      assert.deepEqual(Object.keys(catalogue), Object.keys(en), file);
      for (const [key, text] of Object.entries(en)) assert.deepEqual(placeholders(catalogue[key] ?? ''), placeholders(text), `${file} ${key}`);
    }
  }
});

test('people read every reason of the protocol in their own words', () => {
  const protocol = readFileSync('docs/protocol.md', 'utf8');
  const reasons = (of: string) => [...(protocol.split(`Reasons of ${of}:`)[1]?.split(/\.\s/)[0] ?? '').matchAll(/`([a-z_]+)`/g)].map((m) => m[1]);
  const said = reasons('`error`');
  assert.ok(said.length > 10 && reasons('`ended`').length > 5);
  const console = reasons('the console');
  assert.ok(console.length > 40);
  for (const [file, known] of [['en.json', said], ['agent.en.json', said], ['console.en.json', console]] as const) {
    const texts = read(file);
    for (const reason of known) assert.ok(texts[`error.${reason}`], `${file}: error.${reason}`);
  }
  for (const reason of reasons('`ended`').filter((r) => r !== 'ended')) {
    assert.ok(read('en.json')[`ended.${reason}.what`], `en.json: ended.${reason}.what`);
    assert.ok(read('agent.en.json')[`ended.reason.${reason}`], `agent.en.json: ended.reason.${reason}`);
    assert.ok(read('entry.en.json')[`ended.${reason}`], `entry.en.json: ended.${reason}`);
  }
});

test('people read every reason that a route gives in their own words', () => {
  const routes = readFileSync('docs/protocol.md', 'utf8').split('\n').filter((line) => line.startsWith('| `'));
  const pages: [string, string, string][] = [['/v1/agent/', 'agent.en.json', 'error'], ['/v1/join/', 'en.json', 'problem']];
  for (const [path, file, prefix] of pages) {
    const said = routes.filter((line) => line.includes(path)).flatMap((line) => [...line.matchAll(/`([a-z]+_[a-z_]+)`/g)].map((m) => m[1]));
    assert.ok(said.length > 2, path);
    for (const reason of said) assert.ok(read(file)[`${prefix}.${reason}`] ?? read('signin.en.json')[`problem.${reason}`], `${file}: ${prefix}.${reason}`);
  }
});

test('people read why a page failed', () => {
  const codes = readFileSync('docs/protocol.md', 'utf8').split('`page_failed {url, code}` (why: ')[1]?.split(')')[0]?.split(', ').map((code) => code.slice(1, -1)) ?? [];
  assert.ok(codes.includes('dns'));
  for (const [file, prefix] of [['en.json', 'notice'], ['agent.en.json', 'toast'], ['player.en.json', 'notice']] as const) {
    for (const code of codes) assert.ok(read(file)[`${prefix}.page_failed.${code}`], `${file}: ${prefix}.page_failed.${code}`);
  }
});

test('the language that somebody gets', () => {
  const cases: [string[], string][] = [
    [['pt-BR', 'en'], 'pt-BR'], [['pt-PT'], 'pt-BR'], [['PT-br'], 'pt-BR'], [['en-GB'], 'en'], [['xx', 'pt'], 'pt-BR'], [['xx'], 'en'], [[], 'en'],
  ];
  for (const [preferred, want] of cases) assert.equal(chooseLanguage(['en', 'pt-BR'], preferred), want);
});

test('a page reads the catalogue of its language, and the words that it knows', () => {
  const texts = language({ en: { 'error.a': 'A' }, 'pt-BR': { 'error.a': 'Á' } }, ['pt-PT']);
  assert.equal(texts.tag, 'pt-BR');
  assert.equal(texts.t('error.a'), 'Á');
  const en = { 'error.a': 'A', 'error.b': 'B' };
  assert.equal(known(en, 'error', 'a', 'error.b'), 'error.a');
  assert.equal(known(en, 'error', 'new', 'error.b'), 'error.b');
});

test('placeholders are filled once and unknown ones stay', () => {
  const t = translator<string>({ a: '{x} and {y}' });
  assert.equal(t('a', { x: '{y}' }), '{y} and {y}');
  assert.equal(t('missing'), 'missing');
});
