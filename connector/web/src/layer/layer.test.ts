import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputEvent, LayerItem } from '../live';
import { shiftOf } from '../live/motion';
import { Echo } from './echo';
import { locksFor, mayShow } from './locks';
import { held } from './still';

const item = (over: Partial<LayerItem> = {}): LayerItem => {
  const rect = { x: 100, y: 100, w: 200, h: 40, ...over.rect };
  return { id: 'f.1', clip: rect, text: '', font: '', color: '', align: 'left', padding: '', kind: 'field', reason: 'card', focused: true, ...over, rect };
};
const typed = (text: string): InputEvent => ({ kind: 'keydown', key: text, text });
const press = (key: string, mods = 0): InputEvent => ({ kind: 'keydown', key, mods });

function type(echo: Echo, events: InputEvent[], at = 0): string {
  for (const ev of events) echo.typed(ev, at);
  const { text, from, caret } = echo.now;
  return from === caret ? `${text.slice(0, caret)}|${text.slice(caret)}` : `${text.slice(0, from)}[${text.slice(from, caret)}]${text.slice(caret)}`;
}

test('what is typed shows before the answer', () => {
  const cases: [Partial<LayerItem>, InputEvent[], string][] = [
    [{}, [typed('4'), typed('1')], '41|'],
    [{ text: '41', caret: 2 }, [press('Backspace')], '4|'],
    [{ text: '41', caret: 2 }, [press('ArrowLeft'), typed('0')], '40|1'],
    [{ text: '41', caret: 2 }, [press('Home'), press('Delete'), press('ArrowLeft')], '|1'],
    [{ text: '4111', caret: 3, selected: 2 }, [typed('9')], '49|1'],
    [{ text: '4111', caret: 3, selected: 2 }, [press('ArrowLeft')], '4|111'],
    [{ text: '4111', caret: 3, selected: 2 }, [press('Backspace')], '4|1'],
    [{ reason: 'password' }, [typed('p'), { kind: 'text', text: 'äß' }], '•••|'],
    [{ reason: 'password', text: 'seen', caret: 4 }, [typed('!')], 'seen!|'],
    [{}, [{ kind: 'text', text: '日本' }], '日本|'],
    [{}, [{ kind: 'keyup', key: '4' }, { kind: 'move', x: 1, y: 1 }, press('Shift')], '|'],
  ];
  for (const [over, events, want] of cases) assert.equal(type(new Echo(item(over)), events), want, JSON.stringify(events));
});

test('what is not certain waits for the truth', () => {
  const unsure: InputEvent[] = [press('Enter'), press('Tab'), press('ArrowUp'), press('a', 2), { kind: 'down', x: 1, y: 1 }, { kind: 'text', text: 'a\nb' }];
  for (const ev of unsure) {
    const echo = new Echo(item({ text: '4', caret: 1 }));
    assert.equal(type(echo, [typed('1'), ev, typed('2')]), '4|', JSON.stringify(ev));
    echo.correct(item({ text: '41', caret: 2 }));
    assert.equal(type(echo, [typed('3')]), '413|', 'and goes on from it');
  }
  const emoji = new Echo(item({ text: 'a👍', caret: 3 }));
  assert.equal(type(emoji, [press('Backspace')]), 'a👍|');
});

test('an answer in between keeps what was typed after it', () => {
  const echo = new Echo(item());
  type(echo, [typed('4'), typed('1'), typed('1')]);
  echo.correct(item({ text: '4', caret: 1 }));
  assert.equal(echo.now.text, '411');
  echo.correct(item({ text: '41', caret: 2 }));
  assert.equal(echo.now.text, '411');
  assert.ok(echo.guessing);
  echo.correct(item({ text: '411', caret: 3 }));
  assert.ok(!echo.guessing);
});

test('a page that sets groups apart is followed', () => {
  const echo = new Echo(item({ text: '4111', caret: 4 }));
  type(echo, [typed('2'), typed('3')]);
  echo.correct(item({ text: '4111 2', caret: 6 }));
  assert.equal(echo.now.text, '4111 23');
  echo.correct(item({ text: '4111 23', caret: 7 }));
  assert.equal(echo.now.text, '4111 23');
});

test('a page with another idea wins', () => {
  const echo = new Echo(item({ text: 'ab', caret: 2 }));
  type(echo, [typed('c')]);
  echo.correct(item({ text: 'XY', caret: 2 }));
  assert.deepEqual(echo.now, { text: 'XY', from: 2, caret: 2 });
});

test('a guess that nothing confirms is given up, and no other made until the page says something', () => {
  const echo = new Echo(item({ text: '1234', caret: 4 })); // and no more fit
  type(echo, [typed('5')], 1_000);
  assert.equal(echo.expire(1_500), false);
  assert.equal(echo.expire(2_000), true);
  assert.equal(type(echo, [typed('6')], 2_100), '1234|');
  echo.correct(item({ text: '123', caret: 3 }));
  assert.equal(type(echo, [typed('9')], 2_200), '1239|');
});

test('a lock for each thing, one for neighbours, few in all', () => {
  const at = (id: string, x: number, y: number, kind: LayerItem['kind'] = 'field'): LayerItem => item({ id, kind, rect: { x, y, w: 200, h: 20 } });
  assert.deepEqual(locksFor([at('a', 0, 100), at('b', 0, 200)], 1, 1280).map((l) => l.id), ['a', 'b']);
  assert.deepEqual(locksFor([at('a', 0, 100), at('b', 10, 110)], 1, 1280).map((l) => l.items.length), [2]);
  assert.equal(locksFor([at('a', 0, 100), at('b', 0, 140)], 0.5, 1280).length, 1, 'near on the screen');
  assert.equal(locksFor([at('a', 0, 100, 'text'), at('b', 0, 121, 'text'), at('c', 0, 142, 'text'), at('d', 600, 142, 'text')], 1, 1280).length, 2, 'lines of an address');
  const many = Array.from({ length: 200 }, (_, i) => at(String(i), (i % 4) * 300, Math.floor(i / 4) * 60));
  assert.ok(locksFor(many, 1, 1280).length <= 14);
  assert.equal(locksFor(many, 1, 1280).reduce((n, l) => n + l.items.length, 0), 200);
  assert.deepEqual(locksFor([item({ reason: 'message' })], 1, 1280), []);
  const edge = locksFor([at('a', 1200, -5)], 1, 1280)[0];
  assert.ok(edge && edge.x <= 1270 && edge.y >= 10, JSON.stringify(edge));
});

test('only what caution hid may be shown to both', () => {
  assert.ok(mayShow(item({ kind: 'canvas', reason: 'picture' })));
  assert.ok(!mayShow(item({ kind: 'canvas', reason: 'rule' })));
  assert.ok(!mayShow(item({ kind: 'field', reason: 'picture' })));
});

test('private values are not drawn while something moves', () => {
  const never = -Infinity;
  const cases: [string, number, number, number, number, boolean][] = [ // began, layer, picture, now
    ['the layer came first', 1000, 1000, never, 1100, true],
    ['and its picture', 1000, 1000, 1080, 1140, true],
    ['and it is still', 1000, 1000, 1080, 1151, false],
    ['the picture had come before', 1000, 1000, never, 1351, false],
    ['the picture came first', 1000, never, 1000, 1200, true],
    ['and the layer', 1000, 1210, 1000, 1250, true],
    ['and it is still', 1000, 1210, 1000, 1281, false],
    ['something beside it moved', 1000, never, 1000, 1601, false],
    ['and moves on and on', 1000, never, 3050, 3060, false],
    ['the page scrolls for long', 1000, 4000, 4010, 4050, true],
  ];
  for (const [what, began, layer, picture, now, want] of cases) assert.equal(held({ began, layer, picture }, now), want, what);
});

test('a scrolled picture is told from one that changed', () => {
  const rows = (of: (y: number) => number): Float32Array => Float32Array.from({ length: 720 }, (_, y) => of(y));
  const page = (y: number): number => ((y * 2654435761) >>> 0) % 200; // rows like those of a text
  const before = rows(page);
  assert.equal(shiftOf(before, rows((y) => page(y + 120)), 300), 120);
  assert.equal(shiftOf(before, rows((y) => page(y - 7)), 300), -7);
  assert.equal(shiftOf(before, before, 300), 0);
  assert.equal(shiftOf(before, rows((y) => page(y) + (y % 2)), 300), 0, 'noise');
  assert.equal(shiftOf(before, rows((y) => (y > 290 && y < 310 ? 255 : page(y))), 300), 0, 'a field got a colour');
  assert.equal(shiftOf(before, rows((y) => ((y * 40503) >>> 0) % 190), 300), 0, 'another page');
  const blank = rows(() => 255);
  assert.equal(shiftOf(blank, blank, 300), 0);
});
