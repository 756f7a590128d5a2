import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff } from './backoff';
import { editsBetween } from './edits';
import { place, toPage } from './fit';
import { isSound, parseFrame, parseSound } from './frame';
import { charOf, modsOf, routeOf, type KeyPress } from './keys';

test('the wait between attempts grows, is spread and ends', () => {
  assert.deepEqual([1, 2, 3, 6, 7, 50].map((n) => backoff(n, 0)), [150, 300, 600, 4800, 5000, 5000]);
  assert.deepEqual([1, 7].map((n) => backoff(n, 0.999999)).map(Math.round), [300, 10000]);
});

test('edits at the end of the field', () => {
  const cases: [string, string, number, string][] = [
    ['____', '____a', 0, 'a'],
    ['____', '___', 1, ''],
    ['____ni', '____日', 2, '日'],
    ['____helo', '____hello', 1, 'lo'],
    ['____👍', '____', 1, ''],
    ['____', '____', 0, ''],
  ];
  for (const [before, after, back, text] of cases) assert.deepEqual(editsBetween(before, after), { back, text });
});

test('a page is fitted, never enlarged beyond the limit, and points map back', () => {
  const page = { width: 1280, height: 720 };
  const placement = place(page, { width: 640, height: 720 }, { largest: 1 });
  assert.deepEqual(placement, { scale: 0.5, left: 0, top: 180 });
  assert.deepEqual(toPage(320, 360, page, placement), { x: 640, y: 360 });
  assert.deepEqual(toPage(-50, 5000, page, placement), { x: 0, y: 719 });
  assert.deepEqual(place(page, { width: 680, height: 1000 }, { largest: 1, edge: 20 }), { scale: 0.5, left: 20, top: 320 });
  assert.equal(place(page, { width: 4000, height: 4000 }, { largest: 1 }).scale, 1);
});

test('an open keyboard shifts the page so that the touched place stays in sight', () => {
  const page = { width: 390, height: 800 };
  const room = { width: 390, height: 400 };
  assert.equal(place(page, room, { largest: 1, keepWidth: true, reveal: 700 }).top, -400);
  assert.equal(place(page, room, { largest: 1, keepWidth: true, reveal: 300 }).top, -140);
  assert.equal(place(page, room, { largest: 1, keepWidth: true, reveal: 0 }).scale, 1);
});

test('picture frames', () => {
  const buffer = new ArrayBuffer(27);
  const view = new DataView(buffer);
  view.setUint8(0, 1);
  view.setUint8(1, 1);
  view.setUint32(4, 7);
  view.setBigUint64(8, 9n);
  view.setBigUint64(16, 1_000_000n);
  new Uint8Array(buffer).set([1, 2, 3], 24);
  const frame = parseFrame(buffer);
  assert.deepEqual({ ...frame, data: [...(frame?.data ?? [])] },
    { key: true, generation: 7, timestamp: 1_000_000, data: [1, 2, 3] });
  assert.equal(parseFrame(buffer.slice(0, 23)), undefined);
  assert.equal(isSound(buffer), false);
  view.setUint8(0, 2);
  assert.equal(parseFrame(buffer), undefined);
});

test('sound frames', () => {
  const buffer = new ArrayBuffer(26);
  const view = new DataView(buffer);
  view.setUint8(0, 1);
  view.setUint8(2, 1);
  view.setBigUint64(16, 20_000n);
  new Uint8Array(buffer).set([4, 5], 24);
  const packet = parseSound(buffer);
  assert.deepEqual({ ...packet, data: [...(packet?.data ?? [])] }, { timestamp: 20_000, data: [4, 5] });
  assert.equal(isSound(buffer), true);
  assert.equal(parseFrame(buffer), undefined);
});

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress =>
  ({ key, code: key, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...more });

test('which keys go to the shared page', () => {
  const cases: [KeyPress, boolean, string][] = [
    [press('a'), false, 'send'],
    [press('Tab'), false, 'send'],
    [press('F6'), false, 'own'],
    [press('a', { isComposing: true }), false, 'text'],
    [press('Dead'), false, 'text'],
    [press('Unidentified'), false, 'text'],
    [press('v', { ctrlKey: true }), false, 'text'],
    [press('V', { ctrlKey: true, shiftKey: true }), false, 'text'],
    [press('a', { ctrlKey: true }), false, 'send'],
    [press('t', { ctrlKey: true }), false, 'own'],
    [press('p', { ctrlKey: true }), false, 'send'], [press('p', { metaKey: true }), true, 'send'],
    [press('v', { metaKey: true }), true, 'text'],
    [press('t', { metaKey: true }), true, 'own'],
    [press('t', { ctrlKey: true }), true, 'send'],
    [press('@', { ctrlKey: true, altKey: true, getModifierState: (n) => n === 'AltGraph' }), false, 'send'],
  ];
  for (const [e, mac, route] of cases) assert.equal(routeOf(e, mac), route, `${e.key} ${JSON.stringify(e)}`);
});

test('characters and modifiers', () => {
  assert.equal(charOf(press('é')), 'é');
  assert.equal(charOf(press('Enter')), '');
  assert.equal(charOf(press('c', { ctrlKey: true })), '');
  assert.equal(charOf(press('@', { ctrlKey: true, altKey: true, getModifierState: () => true })), '@');
  assert.equal(modsOf(press('a', { ctrlKey: true, shiftKey: true }), false), 10);
  assert.equal(modsOf(press('a', { metaKey: true }), false), 4);
  assert.equal(modsOf(press('a', { metaKey: true }), true), 2);
});
