import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { keepAwake } from './awake';

const settled = () => new Promise(setImmediate);

function page(t: TestContext) {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const seen: string[] = [];
  const request = () => { seen.push('taken'); return Promise.resolve({ release: () => { seen.push('released'); return Promise.resolve(); } }); };
  Object.assign(globalThis, { document });
  Object.defineProperty(globalThis, 'navigator', { value: { wakeLock: { request } }, configurable: true });
  t.after(() => { Reflect.deleteProperty(globalThis, 'document'); });
  const turn = (visibilityState: string) => { Object.assign(document, { visibilityState }); document.dispatchEvent(new Event('visibilitychange')); };
  return { seen, turn };
}

test('the screen stays on again when the person comes back to the page', async (t) => {
  const { seen, turn } = page(t);
  const letSleep = keepAwake();
  turn('hidden');
  turn('visible');
  await settled();
  assert.deepEqual(seen, ['taken', 'taken']);
  letSleep();
  turn('visible');
  await settled();
  assert.deepEqual(seen, ['taken', 'taken', 'released']);
});

test('a screen that was only just to be kept on sleeps again at the end', async (t) => {
  const { seen } = page(t);
  keepAwake()();
  await settled();
  assert.deepEqual(seen, ['taken', 'released']);
});
