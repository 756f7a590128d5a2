import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Gestures } from './gesture';

function recorder(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const seen: string[] = [];
  const gestures = new Gestures({
    tap: (at) => seen.push(`tap ${at.x},${at.y}`),
    longPress: (at) => seen.push(`long ${at.x},${at.y}`),
    scroll: (_, dx, dy) => seen.push(`scroll ${dx},${dy}`),
    pinch: (at, factor) => seen.push(`pinch ${at.x},${at.y} ${factor}`),
    pinched: () => seen.push('pinched'),
    fling: (_, vx, vy) => seen.push(`fling ${vx},${vy}`),
  });
  return { seen, gestures };
}

test('a tap clicks where the finger came down', (t) => {
  const { seen, gestures } = recorder(t);
  gestures.down(1, { x: 10, y: 20 });
  gestures.move(1, { x: 13, y: 22 }, 5);
  gestures.up(1, 30);
  t.mock.timers.tick(2000);
  assert.deepEqual(seen, ['tap 10,20']);
});

test('a drag scrolls the page with the finger and flings', (t) => {
  const { seen, gestures } = recorder(t);
  gestures.down(1, { x: 100, y: 100 });
  gestures.move(1, { x: 100, y: 60 }, 10);
  gestures.move(1, { x: 100, y: 40 }, 20);
  gestures.up(1, 21);
  t.mock.timers.tick(2000);
  assert.deepEqual(seen, ['scroll 0,40', 'scroll 0,20', 'fling 0,2']);
});

test('a finger that rests before it leaves does not fling', (t) => {
  const { seen, gestures } = recorder(t);
  gestures.down(1, { x: 100, y: 100 });
  gestures.move(1, { x: 100, y: 60 }, 10);
  gestures.move(1, { x: 100, y: 40 }, 20);
  gestures.up(1, 500);
  assert.deepEqual(seen, ['scroll 0,40', 'scroll 0,20']);
});

test('a long press is the right button and nothing else', (t) => {
  const { seen, gestures } = recorder(t);
  gestures.down(1, { x: 10, y: 20 });
  t.mock.timers.tick(600);
  gestures.move(1, { x: 80, y: 90 }, 700);
  gestures.up(1, 800);
  assert.deepEqual(seen, ['long 10,20']);
});

test('two fingers scroll, each with half its way, and never tap', (t) => {
  const { seen, gestures } = recorder(t);
  gestures.down(1, { x: 0, y: 100 });
  gestures.down(2, { x: 50, y: 100 });
  gestures.move(1, { x: 0, y: 80 }, 10);
  gestures.move(2, { x: 50, y: 80 }, 10);
  gestures.up(1, 300);
  gestures.up(2, 300);
  t.mock.timers.tick(2000);
  assert.deepEqual(seen, ['scroll 0,10', 'scroll 0,10']);
});

test('two fingers that part come closer, and do not scroll any more', (t) => {
  const { seen, gestures } = recorder(t);
  gestures.down(1, { x: 100, y: 100 });
  gestures.down(2, { x: 200, y: 100 });
  gestures.move(2, { x: 300, y: 100 }, 10);
  gestures.move(1, { x: 50, y: 100 }, 10);
  gestures.up(2, 300);
  gestures.move(1, { x: 50, y: 300 }, 320);
  gestures.up(1, 400);
  assert.deepEqual(seen, ['pinch 200,100 2', 'pinch 175,100 1.25', 'pinched']);
});
