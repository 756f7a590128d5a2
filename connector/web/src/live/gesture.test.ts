import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Gestures } from './gesture';

function recorder(t: TestContext, touchScreen = false) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const seen: string[] = [];
  const gestures = new Gestures({
    tap: (at) => seen.push(`tap ${at.x},${at.y}`),
    longPress: (at) => seen.push(`long ${at.x},${at.y}`),
    grab: (at) => touchScreen && seen.push(`grab ${at.x},${at.y}`) > 0,
    drag: (at) => seen.push(`drag ${at.x},${at.y}`),
    drop: (at) => seen.push(`drop ${at.x},${at.y}`),
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

test('a page with a touch screen gets one finger as it goes', (t) => {
  const { seen, gestures } = recorder(t, true);
  gestures.down(1, { x: 100, y: 100 });
  gestures.move(1, { x: 100, y: 95 }, 5);
  gestures.move(1, { x: 100, y: 60 }, 10);
  gestures.move(1, { x: 90, y: 40 }, 20);
  gestures.up(1, 21);
  t.mock.timers.tick(2000);
  assert.deepEqual(seen, ['grab 100,100', 'drag 100,60', 'drag 90,40', 'drop 90,40']);
});

test('a second finger ends what the page had of the first', (t) => {
  const { seen, gestures } = recorder(t, true);
  gestures.down(1, { x: 0, y: 100 });
  gestures.move(1, { x: 0, y: 80 }, 10);
  gestures.down(2, { x: 50, y: 80 });
  gestures.move(1, { x: 0, y: 60 }, 20);
  gestures.up(2, 30);
  gestures.up(1, 40);
  assert.deepEqual(seen.slice(0, 4), ['grab 0,100', 'drag 0,80', 'drop 0,80', 'scroll 0,10']);
});

test('a finger that is taken away lets go', (t) => {
  const { seen, gestures } = recorder(t, true);
  gestures.down(1, { x: 0, y: 100 });
  gestures.move(1, { x: 0, y: 80 }, 10);
  gestures.cancel();
  gestures.up(1, 20);
  assert.deepEqual(seen, ['grab 0,100', 'drag 0,80', 'drop 0,80']);
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
