import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Zoom } from './zoom';

const room = { width: 400, height: 800 };
const placed = { scale: 1, left: 0, top: 0 };

test('a pinch comes closer to what lies between the fingers, within limits', () => {
  const zoom = new Zoom();
  zoom.pinch({ x: 100, y: 200 }, 2, room);
  assert.deepEqual(zoom.of(placed), { scale: 2, left: -100, top: -200 });
  assert.deepEqual(zoom.of({ scale: 0.5, left: 20, top: 0 }), { scale: 1, left: -60, top: -200 });
  zoom.pinch({ x: 100, y: 200 }, 100, room);
  assert.equal(zoom.of(placed).scale, 4);
  zoom.pinch({ x: 400, y: 800 }, 0.01, room);
  assert.deepEqual(zoom.of(placed), placed);
  zoom.pinch({ x: 0, y: 0 }, 1.05, room);
  zoom.settle();
  assert.equal(zoom.on, false);
});

test('a closer view moves to its edge, and the page gets what is left over', () => {
  const zoom = new Zoom();
  assert.deepEqual(zoom.pan(30, 40, room), { x: 30, y: 40 });
  zoom.pinch({ x: 0, y: 0 }, 2, room);
  assert.deepEqual(zoom.pan(100, 700, room), { x: 0, y: 0 });
  assert.deepEqual(zoom.pan(0, 300, room), { x: 0, y: 200 });
  assert.deepEqual(zoom.pan(-150, 0, room), { x: -50, y: 0 });
  assert.deepEqual(zoom.of(placed), { scale: 2, left: 0, top: -800 });
});
