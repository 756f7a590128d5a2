import assert from 'node:assert/strict';
import { test } from 'node:test';
import { viewportFor } from './viewport';

test('the shared page takes the room, in even numbers, within limits', () => {
  assert.deepEqual(viewportFor({ width: 390, height: 757 }, 'phone'), { width: 390, height: 756, scale: 1, mobile: true, touch: false });
  assert.deepEqual(viewportFor({ width: 1280, height: 752 }, 'desktop'), { width: 1280, height: 752, scale: 1, mobile: false, touch: false });
  assert.deepEqual(viewportFor({ width: 820, height: 1180 }, 'tablet', 2), { width: 820, height: 1180, scale: 1, mobile: false, touch: true });
  assert.equal(viewportFor({ width: 390, height: 757 }, 'phone', 3).scale, 2);
  assert.equal(viewportFor({ width: 1280, height: 752 }, 'desktop', 2).scale, 1);
  const large = viewportFor({ width: 3840, height: 2000 }, 'desktop');
  assert.ok(large.width * large.height <= 1_400_000 && large.width % 2 === 0 && large.height % 2 === 0, JSON.stringify(large));
  assert.ok(Math.abs(large.width / large.height - 1.92) < 0.01, 'keeps the shape');
  assert.deepEqual(viewportFor({ width: 200, height: 100 }, 'phone'), { width: 320, height: 320, scale: 1, mobile: true, touch: false });
});
