import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minutesSeconds, pinGroups, spokenDigits } from './format';

test('times count down to zero', () => {
  assert.deepEqual([900_999, 66_001, 1_000, 999, -5].map(minutesSeconds), ['15:00', '1:06', '0:01', '0:00', '0:00']);
});

test('PINs are read in groups and spoken by digit', () => {
  assert.deepEqual(pinGroups('483 920'), ['483', '920']);
  assert.deepEqual(pinGroups('12345'), ['123', '45']);
  assert.equal(spokenDigits('483 920'), '4, 8, 3, 9, 2, 0');
});
