import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brandColors, isLight, minutesSeconds, pinGroups, spokenDigits } from './format';

test('times count down to zero', () => {
  assert.deepEqual([900_999, 66_001, 1_000, 999, -5].map(minutesSeconds), ['15:00', '1:06', '0:01', '0:00', '0:00']);
});

test('PINs are read in groups and spoken by digit', () => {
  assert.deepEqual(pinGroups('483 920'), ['483', '920']);
  assert.deepEqual(pinGroups('12345'), ['123', '45']);
  assert.equal(spokenDigits('483 920'), '4, 8, 3, 9, 2, 0');
});

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
