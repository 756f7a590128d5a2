import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brandColors, isLight } from './colour';

test('text on the company’s colour can be read', () => {
  assert.equal(brandColors('#0b3d2e').text, '#ffffff');
  assert.equal(brandColors('#ffd400').text, '#1a1a1a');
  assert.deepEqual(brandColors('red;}'), { background: '#0f548c', text: '#ffffff' });
});

test('light and dark colours of the page', () => {
  assert.equal(isLight('rgb(255, 255, 255)'), true);
  assert.equal(isLight('rgba(20, 30, 40, 1)'), false);
  assert.equal(isLight('#fafafa'), true);
  assert.equal(isLight('nonsense'), false);
});
