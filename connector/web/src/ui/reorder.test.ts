import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeFor } from './reorder';

test('where a dragged tab comes to stand', () => {
  const boxes = [0, 100, 200, 300].map((start) => ({ start, end: start + 100 }));
  const cases: [from: number, at: number, to: number][] = [
    [0, 40, 0], [0, 120, 0], [0, 160, 1], [0, 399, 3], [0, 5000, 3], [3, 340, 3], [3, 240, 2], [3, -50, 0], [1, 151, 1], [2, 90, 1], [2, 20, 0],
  ];
  for (const [from, at, to] of cases) assert.equal(placeFor(from, boxes, at), to, `${from} dropped at ${at}`);
});
