import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MaskRule } from './policy';
import { Work } from './work';

const mask = (id: string): MaskRule => ({ id, selector: `#${id}` });

/** A service that holds its answers to one kind of request back until it is let go. */
function service(held = '') {
  let version = 1, policy: { masks?: MaskRule[] } = {};
  let arrive = (): void => undefined, go = (): void => undefined;
  const arrived = new Promise<void>((done) => { arrive = done; });
  const going = new Promise<void>((done) => { go = done; });
  const asked: string[] = [];
  const answers: Record<string, (body: string) => object> = {
    'GET /policy': () => ({ version, policy, defaults: {} }),
    'PUT /policy': (body) => { policy = (JSON.parse(body) as { policy: typeof policy }).policy; return { version: ++version }; },
    'GET /versions/7': () => ({ policy: {}, before: { masks: [mask('gone')] } }),
    'POST /versions/1/restore': () => { policy = { masks: [mask('restored')] }; return { version: ++version }; },
  };
  const stored = new Map([['cobrowse.console', JSON.stringify({ token: 't', company: { slug: 'demo' }, name: 'Marta' })]]);
  let armed = false;
  Object.assign(globalThis, {
    addEventListener: () => undefined, location: { hash: '' },
    sessionStorage: { getItem: (k: string) => stored.get(k) ?? null, setItem: (k: string, v: string) => stored.set(k, v), removeItem: (k: string) => stored.delete(k) },
    fetch: async (path: string, { method, body }: { method: string; body: string }) => {
      const request = `${method} ${path.replace('/v1/console', '')}`;
      asked.push(request);
      const answer = answers[request]?.(body) ?? { versions: [], suggestions: [], health: [], deliveries: [], shapes: [] };
      if (armed && request === held) {
        arrive();
        await going;
      }
      return { ok: true, json: () => Promise.resolve(answer) };
    },
  });
  const keep = (draft: object): void => { stored.set('cobrowse.console.draft.demo', JSON.stringify(draft)); };
  return { arrived, go, asked, keep, arm: () => { armed = true; }, published: () => policy.masks ?? [] };
}

test('what is edited while it is being published is not published, and says so', async () => {
  const s = service('PUT /policy');
  const work = new Work(() => undefined);
  await work.start();
  s.arm();
  work.edit({ masks: [mask('sent')] });
  const publishing = work.publish();
  await s.arrived;
  work.edit({ masks: [...work.draft.masks, mask('later')] });
  s.go();
  await publishing;
  assert.deepEqual(s.published(), [mask('sent')]);
  assert.deepEqual(work.changes(), [{ list: 'masks', id: 'later', kind: 'added' }]);
  await work.publish();
  assert.deepEqual(s.published(), [mask('sent'), mask('later')]);
  assert.deepEqual(work.changes(), []);
});

test('a rule that is pointed at again is replaced, also by one that does something else', async () => {
  service();
  const work = new Work(() => undefined);
  await work.start();
  work.edit({ masks: [mask('lost'), mask('other')] });
  work.point({ list: 'masks', rule: mask('lost') });
  work.place('masks', { id: 'fresh', selector: '#found' });
  assert.deepEqual(work.draft.masks, [{ id: 'lost', selector: '#found' }, mask('other')]);
  work.place('masks', mask('new')); // which nobody was asked for
  work.point({ list: 'masks', rule: mask('lost') });
  work.place('guards', { id: 'fresh', name: 'Pay' });
  assert.deepEqual(work.draft.masks, [mask('other'), mask('new')]);
  assert.deepEqual(work.draft.guards, [{ id: 'lost', name: 'Pay' }]);
});

test('what does not change by itself is not asked for again and again, and a version\'s rules are asked for once', async () => {
  const s = service();
  const work = new Work(() => undefined);
  await work.start();
  s.asked.length = 0;
  await work.poll();
  assert.deepEqual(s.asked, ['GET /suggestions', 'GET /health', 'GET /deliveries']);
  await work.look(7);
  await work.look(7);
  assert.deepEqual(s.asked.slice(3), ['GET /versions/7']);
  assert.deepEqual(work.said.get(7)?.before?.masks, [mask('gone')]);
});

test('what is edited while the rules are taken over is kept', async () => {
  const s = service('GET /policy');
  const work = new Work(() => undefined);
  await work.start();
  s.arm();
  const restoring = work.restore(1);
  await s.arrived;
  work.edit({ masks: [mask('meanwhile')] });
  s.go();
  await restoring;
  assert.deepEqual(work.rules.policy.masks, [mask('restored')]);
  assert.deepEqual(work.draft.masks, [mask('restored'), mask('meanwhile')]);
});

test('whoever reads what was done may press the next button', async () => {
  service();
  const told: boolean[] = [];
  const work = new Work(() => { if (work.notice) told.push(work.busy); });
  await work.start();
  await work.dismiss('s2', 'by_hand');
  assert.equal(work.notice?.kind, 'dismissed');
  assert.deepEqual(told, [false]);
});

test('a draft of a console that knew less changes nothing that it did not know', async () => {
  const s = service();
  s.keep({ version: 1, base: { masks: [] }, draft: { masks: [mask('mine')] } });
  const work = new Work(() => undefined);
  await work.start();
  assert.deepEqual(work.changes(), [{ list: 'masks', id: 'mine', kind: 'added' }]);
});
