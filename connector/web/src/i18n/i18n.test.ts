import assert from 'node:assert/strict';
import { test } from 'node:test';
import en from './en.json';
import ptBR from './pt-BR.json';
import { chooseLanguage, translator } from './index';

const catalogues: Record<string, Record<string, string>> = { 'pt-BR': ptBR };
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test('every catalogue has the keys and placeholders of English', () => {
  for (const [language, catalogue] of Object.entries(catalogues)) {
    assert.deepEqual(Object.keys(catalogue), Object.keys(en), language);
    for (const [key, text] of Object.entries(en)) {
      assert.deepEqual(placeholders(catalogue[key] ?? ''), placeholders(text), `${language} ${key}`);
    }
  }
});

test('the language that somebody gets', () => {
  const cases: [string[], string][] = [
    [['pt-BR', 'en'], 'pt-BR'], [['pt-PT'], 'pt-BR'], [['PT-br'], 'pt-BR'], [['en-GB'], 'en'], [['xx', 'pt'], 'pt-BR'], [['xx'], 'en'], [[], 'en'],
  ];
  for (const [preferred, want] of cases) assert.equal(chooseLanguage(['en', 'pt-BR'], preferred), want);
});

test('placeholders are filled once and unknown ones stay', () => {
  const t = translator<string>({ a: '{x} and {y}' });
  assert.equal(t('a', { x: '{y}' }), '{y} and {y}');
  assert.equal(t('missing'), 'missing');
});
