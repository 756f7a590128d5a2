import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bridge } from './bridge';
import { envelope, parseFromDesk, parseFromFrame } from './contract';
import { conversationOfTab } from './workspace';

const service = 'https://service.example';

function bridged(send: (text: string) => Promise<'sent' | 'box'> = () => Promise.resolve('sent')) {
  const did: string[] = [];
  const posted: { message: Record<string, unknown>; origin: string }[] = [];
  const frame = { postMessage: (message: unknown, origin: string) => { posted.push({ message: message as Record<string, unknown>, origin }); } };
  const bridge = new Bridge(service, () => frame, {
    sendMessage: (text) => { did.push(`send ${text}`); return send(text); },
    live: () => did.push('live'),
    ended: () => did.push('ended'),
    expand: (full) => did.push(`expand ${full}`),
  });
  const say = (data: unknown, over: { origin?: string; source?: unknown } = {}): void => bridge.receive({ origin: service, source: frame, data, ...over });
  return { did, posted, say };
}

test('the desk greets its frame and then does what it asks', async () => {
  const { did, posted, say } = bridged();
  say(envelope('n', { type: 'ready' }));
  assert.deepEqual(posted[0], { message: { cobrowse: 1, nonce: 'n', type: 'hello', features: ['sendMessage', 'expand'] }, origin: service });
  say(envelope('n', { type: 'sendMessage', id: '1', text: 'hello' }));
  say(envelope('n', { type: 'live' }));
  say(envelope('n', { type: 'expand', full: true }));
  say(envelope('n', { type: 'ended' }));
  await Promise.resolve();
  assert.deepEqual(did, ['send hello', 'live', 'expand true', 'ended']);
  assert.deepEqual(posted[1]?.message, { cobrowse: 1, nonce: 'n', type: 'sent', id: '1', ok: true, box: false });
});

test('a message that the conversation refuses is reported as not sent', async () => {
  const { posted, say } = bridged(() => Promise.reject(new Error('closed')));
  say(envelope('n', { type: 'ready' }));
  say(envelope('n', { type: 'sendMessage', id: '7', text: 'hello' }));
  await new Promise(setImmediate);
  assert.deepEqual(posted[1]?.message, { cobrowse: 1, nonce: 'n', type: 'sent', id: '7', ok: false, box: false });
});

test('a desk that can, finds and links cases, and hears of hidden fields', async () => {
  const did: string[] = [];
  const posted: unknown[] = [];
  const frame = { postMessage: (message: unknown) => { posted.push(message); } };
  const bridge = new Bridge(service, () => frame, {
    live: () => undefined, ended: () => undefined,
    privately: (on) => did.push(`privately ${on}`),
    cases: {
      find: (text) => text === 'broken' ? Promise.reject(new Error('no right')) : Promise.resolve([{ id: 'i1', title: text, number: 'CAS-1' }]),
      link: (id) => { did.push(`link ${id}`); return Promise.resolve(); },
      create: () => Promise.reject(new Error('no right')),
    },
  });
  const say = (data: object): void => bridge.receive({ origin: service, source: frame, data: { cobrowse: 1, nonce: 'n', ...data } });
  bridge.recording(true); // nobody is there yet
  say({ type: 'ready' });
  say({ type: 'findCases', id: '1', text: '' });
  say({ type: 'findCases', id: '2', text: 'broken' });
  say({ type: 'linkCase', id: '3', case: 'i1' });
  say({ type: 'createCase', id: '4', title: 'Wrong size' });
  say({ type: 'private', on: true });
  bridge.recording(true);
  await new Promise(setImmediate);
  assert.deepEqual(did, ['link i1', 'privately true']);
  const by = { cobrowse: 1, nonce: 'n' };
  assert.deepEqual(new Set(posted.map((m) => JSON.stringify(m))), new Set([
    { ...by, type: 'hello', features: ['case', 'recording'] },
    { ...by, type: 'cases', id: '1', ok: true, cases: [{ id: 'i1', title: '', number: 'CAS-1' }] },
    { ...by, type: 'cases', id: '2', ok: false, cases: [] },
    { ...by, type: 'linked', id: '3', ok: true },
    { ...by, type: 'linked', id: '4', ok: false },
    { ...by, type: 'recording', paused: true },
  ].map((m) => JSON.stringify(m))));
});

test('nobody else is obeyed', () => {
  const { did, posted, say } = bridged();
  const live = envelope('n', { type: 'live' });
  say(live); // before ready
  say(envelope('n', { type: 'ready' }), { origin: 'https://evil.example' });
  say(envelope('n', { type: 'ready' }), { source: {} });
  assert.equal(posted.length, 0);
  say(envelope('n', { type: 'ready' }));
  say(live, { origin: 'https://evil.example' });
  say(live, { source: {} });
  say(envelope('other', { type: 'live' }));
  assert.deepEqual(did, []);
});

test('a reloaded frame has a new nonce, and the old one is worth nothing', () => {
  const { did, say } = bridged();
  say(envelope('old', { type: 'ready' }));
  say(envelope('new', { type: 'ready' }));
  say(envelope('old', { type: 'live' }));
  assert.deepEqual(did, []);
  say(envelope('new', { type: 'live' }));
  assert.deepEqual(did, ['live']);
});

test('what is not of the contract is ignored', () => {
  const broken: unknown[] = [
    null, 'live', 1, {}, { type: 'live' }, { cobrowse: 2, nonce: 'n', type: 'live' }, { cobrowse: 1, nonce: '', type: 'live' },
    { cobrowse: 1, nonce: 'n'.repeat(101), type: 'live' }, { cobrowse: 1, nonce: 'n', type: 'unknown' },
    { cobrowse: 1, nonce: 'n', type: 'sendMessage', id: '1' }, { cobrowse: 1, nonce: 'n', type: 'sendMessage', id: '1', text: 'x'.repeat(4001) },
    { cobrowse: 1, nonce: 'n', type: 'expand', full: 'yes' }, { cobrowse: 1, nonce: 'n', type: 'findCases', id: '1' },
    { cobrowse: 1, nonce: 'n', type: 'createCase', id: '1', title: 'x'.repeat(201) }, { cobrowse: 1, nonce: 'n', type: 'linkCase', id: '1', case: '' },
    { cobrowse: 1, nonce: 'n', type: 'private', on: 1 },
  ];
  for (const data of broken) assert.equal(parseFromFrame(data), null, JSON.stringify(data));
  for (const data of [{ cobrowse: 1, nonce: 'n', type: 'hello' }, { cobrowse: 1, nonce: 'n', type: 'sent', id: '1' }]) assert.equal(parseFromDesk(data), null);
  const cases = parseFromDesk({ cobrowse: 1, nonce: 'n', type: 'cases', id: '1', ok: true, cases: [{ id: 'i', title: '', number: '' }, { id: 7 }, null] });
  assert.deepEqual(cases?.message, { type: 'cases', id: '1', ok: true, cases: [{ id: 'i', title: '', number: '' }] });
  const hello = parseFromDesk({ cobrowse: 1, nonce: 'n', type: 'hello', features: ['expand', 'fly', 7] });
  assert.deepEqual(hello?.message, { type: 'hello', features: ['expand'] });
});

test('the conversation that Dynamics names for a tab', () => {
  const data = encodeURIComponent(JSON.stringify({ conversationId: 'c-1' }));
  assert.equal(conversationOfTab(`?data=${data}`), 'c-1');
  for (const search of ['', '?data=', '?data=%7B', '?data=null', '?data=%7B%7D', '?data=%7B%22conversationId%22%3A1%7D']) assert.equal(conversationOfTab(search), '');
});
