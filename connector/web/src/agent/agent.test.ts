import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { envelope } from '../desk-host/contract';
import { addressOf } from '../live/address';
import type { ServerMessage } from '../live/messages';
import { DeskLink } from './desklink';
import { forgetConversation, readStart, remember, rememberConversation, remembered } from './memory';
import { emptyModel, next, pinDigits, spacedPIN, veil, waitingStep, type LiveModel, type ModelEvent } from './model';

const customer = { id: 'c', role: 'customer', name: 'Maria', here: true } as const;
const welcome: ServerMessage = {
  type: 'welcome', v: 1, session: 's', you: { id: 'a', role: 'agent', name: 'Ana', here: true }, state: 'waiting', participants: [customer],
  company: { slug: 'acme', name: 'Acme', color: '', logoUrl: '', languages: [], consentText: {}, recording: 'on', startUrl: '' },
  agentName: 'Ana', recording: { possible: true, on: false }, channel: 'chat', rights: ['view', 'click'],
  viewport: { width: 1280, height: 720, scale: 1, mobile: false },
};
const state = (to: LiveModel['state'], by: LiveModel['by'] = 'customer'): ModelEvent =>
  ({ type: 'state', state: to, by: by || 'system', reason: '', recording: { possible: true, on: true } });
const after = (...events: ModelEvent[]): LiveModel => events.reduce(next, emptyModel);

test('the agent is told what the customer is doing before the session is live', () => {
  assert.equal(waitingStep(emptyModel), 'away');
  assert.equal(waitingStep(after(welcome)), 'deciding');
  assert.equal(waitingStep(after(welcome, state('provisioning'))), 'preparing');
  assert.equal(waitingStep(after(welcome, { type: 'participants', participants: [{ ...customer, here: false }] })), 'away');
});

test('there is a reason whenever the agent sees nothing', () => {
  const live = [welcome, state('live')];
  assert.equal(veil(after(...live)), 'picture');
  assert.equal(veil(after(...live, { type: 'drawn' })), null);
  assert.equal(veil(after(...live, { type: 'drawn' }, { type: 'gate', open: false, reason: 'masks' })), 'masks');
  assert.equal(veil(after(...live, { type: 'drawn' }, { type: 'gate', open: true, reason: '' })), null);
  assert.equal(veil(after(...live, { type: 'drawn' }, state('paused'))), 'paused');
  assert.equal(veil(after(...live, { type: 'drawn' }, welcome, state('live'))), 'picture', 'a rejoin waits for its own first picture');
  assert.equal(veil(after(...live, { type: 'leaving' })), 'ending');
});

test('who may press hears that nothing arrives behind the veil', () => {
  const missed: ModelEvent = { type: 'missed' };
  assert.deepEqual(after(welcome, state('live'), missed, missed).toasts.map((t) => t.code), ['missed']);
  assert.deepEqual(after({ ...welcome, rights: ['view'] } as ModelEvent, state('live'), missed).toasts, []);
  assert.deepEqual(after(welcome, state('live'), { type: 'leaving' }, missed).toasts, []);
});

test('the veil lifts with the first picture, not with the news that there will be one', () => {
  const closed = [welcome, state('live'), { type: 'drawn' }, { type: 'gate', open: false, reason: 'masks' }] as ModelEvent[];
  const open: ModelEvent = { type: 'gate', open: true, reason: '' };
  assert.equal(veil(after(...closed, open)), 'masks');
  assert.equal(veil(after(...closed, open, { type: 'drawn' })), null);
  assert.equal(veil(after(...closed, { type: 'drawn' }, open)), 'masks', 'a picture from before the gate closed');
  assert.equal(veil(after(...closed, open, { type: 'drawn' }, state('paused'), { type: 'drawn' }, state('live'))), 'picture');
});

test('the hint at the pointer goes when the page under it goes', () => {
  const tabs: ModelEvent = { type: 'tabs', shown: 't1', tabs: [] };
  const blocked: ModelEvent = { type: 'blocked', tab: 't1', x: 1, y: 1, name: 'Buy now' };
  assert.equal(after(welcome, tabs, blocked).blocked, 'Buy now');
  assert.equal(after(welcome, tabs, { ...blocked, tab: 't2' } as ModelEvent).blocked, '');
  assert.equal(after(welcome, tabs, blocked, { ...blocked, name: '' } as ModelEvent).blocked, '');
  assert.equal(after(welcome, tabs, blocked, { ...tabs, shown: 't2' } as ModelEvent).blocked, '');
  assert.equal(after(welcome, tabs, blocked, { type: 'gate', open: false, reason: 'navigating' }).blocked, '');
});

test('what is hidden is marked on the page that hides it', () => {
  const tabs: ModelEvent = { type: 'tabs', shown: 't1', tabs: [] };
  const hidden: ModelEvent = { type: 'hidden', tab: 't1', areas: [{ x: 8, y: 8, w: 96, h: 24 }] };
  const focus: ModelEvent = { type: 'focus', tab: 't1', editable: true, inputMode: 'text', masked: true };
  assert.equal(after(welcome, tabs, hidden).hidden.length, 1);
  assert.equal(after(welcome, tabs, { ...hidden, tab: 't2' } as ModelEvent).hidden.length, 0);
  assert.equal(after(welcome, tabs, hidden, tabs).hidden.length, 1);
  assert.equal(after(welcome, tabs, hidden, { ...tabs, shown: 't2' } as ModelEvent).hidden.length, 0);
  assert.equal(after(welcome, tabs, hidden, { type: 'gate', open: false, reason: 'private' }).hidden.length, 0);
  assert.equal(after(welcome, tabs, hidden, focus, welcome).hidden.length, 0);
  assert.equal(after(welcome, tabs, focus).typingPrivately, true);
  assert.equal(after(welcome, tabs, focus, { ...focus, masked: false } as ModelEvent).typingPrivately, false);
  assert.equal(after(welcome, tabs, focus, { ...tabs, shown: 't2' } as ModelEvent).typingPrivately, null);
});

test('refusals of the agent become toasts, the same one only once, never more than three', () => {
  const refused = (name: string, by: 'agent' | 'customer' = 'agent'): ModelEvent => ({ type: 'refused', by, how: 'mouse', name, tab: 't' });
  assert.deepEqual(after(refused('Buy now'), refused('Buy now')).toasts.map((t) => [t.id, t.params['name']]), [[2, 'Buy now']]);
  assert.equal(after(refused('x', 'customer')).toasts.length, 0);
  assert.deepEqual(after(refused('a'), refused('b'), refused('c'), refused('d')).toasts.map((t) => t.params['name']), ['b', 'c', 'd']);
  assert.equal(after(refused('')).toasts[0]?.code, 'refusedUnnamed');
  const emptied = next(after(refused('a')), { type: 'dismiss', id: 1 });
  assert.equal(emptied.toasts.length, 0);
  assert.equal(next(emptied, refused('b')).toasts[0]?.id, 2, 'the first one may still be about to be dismissed');
});

test('a PIN may be typed or pasted in any shape', () => {
  for (const [typed, want] of [['483 920', '483920'], ['48-39-20', '483920'], ['PIN: 483920.', '483920'], ['4839201', '483920'], ['', '']] as const) {
    assert.equal(pinDigits(typed), want);
  }
  assert.equal(spacedPIN('4839'), '483 9');
  assert.equal(spacedPIN('483'), '483');
});

test('an address gets a scheme where it has none', () => {
  for (const [typed, want] of [['shop.example/a b', 'https://shop.example/a b'], [' http://x.example ', 'http://x.example'], ['', ''], ['localhost:8080/x', 'https://localhost:8080/x'], ['javascript:alert(1)', 'https://javascript:alert(1)']] as const) {
    assert.equal(addressOf(typed), want);
  }
});

test('a frame starts from a launch or from what it remembers', () => {
  const nothing = { launch: '', key: '', conversation: '', origin: '' };
  assert.deepEqual(readStart('#launch=a.b.c'), { ...nothing, launch: 'a.b.c' });
  assert.deepEqual(readStart('#k=1f'), { ...nothing, key: '1f' });
  assert.deepEqual(readStart('#conversation=incident%3A1&origin=https%3A%2F%2Fdesk.example'), { ...nothing, conversation: 'incident:1', origin: 'https://desk.example' });
  assert.deepEqual(readStart(''), nothing);
});

test('a frame that is loaded again is known by its key, and by the launch that it used up', () => {
  const kept = new Map<string, string>();
  Object.assign(globalThis, {
    sessionStorage: {
      getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => kept.set(name, value), removeItem: (name: string) => kept.delete(name),
    },
    history: { replaceState: () => undefined },
  });
  assert.equal(remembered(readStart('#launch=a.b.c')), '');
  remember('1f', 'token', 'a.b.c');
  assert.equal(remembered(readStart('#k=1f')), 'token');
  assert.equal(remembered(readStart('#launch=a.b.c')), 'token');
  assert.equal(remembered(readStart('#launch=a.b.d')), '');
  assert.equal(remembered(readStart('#k=2f')), '');
  rememberConversation('c-1', 'mine');
  assert.equal(remembered(readStart('#conversation=c-1')), 'mine');
  assert.equal(remembered(readStart('#conversation=c-2')), '');
  forgetConversation('c-1');
  assert.equal(remembered(readStart('#conversation=c-1')), '');
});

function linked() {
  const posted: { message: Record<string, unknown>; origin: string }[] = [];
  const desk = { postMessage: (message: unknown, origin: string) => { posted.push({ message: message as Record<string, unknown>, origin }); } };
  const link = new DeskLink(desk, 'https://desk.example', 'n1', () => undefined);
  const say = (message: object, over: { origin?: string; source?: unknown } = {}): void =>
    link.receive({ origin: 'https://desk.example', source: desk, data: message, ...over });
  return { link, posted, say };
}

test('the frame speaks to its desk only, and believes its desk only', async () => {
  const { link, posted, say } = linked();
  link.ready();
  assert.deepEqual(posted, [{ message: { cobrowse: 1, nonce: 'n1', type: 'ready' }, origin: 'https://desk.example' }]);
  const hello = envelope('n1', { type: 'hello', features: ['sendMessage'] });
  say(hello, { origin: 'https://evil.example' });
  say(hello, { source: {} });
  say(envelope('other', { type: 'hello', features: ['sendMessage'] }));
  assert.equal(link.can('sendMessage'), false);
  assert.equal(await link.sendMessage('text'), false);
  say(hello);
  assert.equal(link.can('sendMessage'), true);
});

test('a message is sent when the desk says so, and not when it says no or nothing', async () => {
  const { link, posted, say } = linked();
  say(envelope('n1', { type: 'hello', features: ['sendMessage'] }));
  for (const [ok, box, where] of [[true, false, 'sent'], [true, true, 'box'], [false, false, false]] as const) {
    const sent = link.sendMessage('join here');
    const asked = posted.at(-1)?.message;
    assert.equal(asked?.['text'], 'join here');
    say(envelope('n1', { type: 'sent', id: String(asked?.['id']), ok, box }));
    assert.equal(await sent, where);
  }
  mock.timers.enable({ apis: ['setTimeout'] });
  const sent = link.sendMessage('join here');
  mock.timers.tick(10_000);
  assert.equal(await sent, false);
  mock.timers.reset();
});
