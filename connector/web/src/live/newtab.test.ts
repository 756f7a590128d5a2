import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientMessage, ServerMessage, Tab } from './messages';
import { NewTab } from './newtab';

function person() {
  const sent: ClientMessage[] = [];
  const newTab = new NewTab((m) => sent.push(m) > 0);
  const told = (shown: string, ...ids: string[]): void => newTab.handle({ type: 'tabs', shown, tabs: ids.map((id) => ({ id }) as Tab) });
  told('t1', 't1');
  return { sent, newTab, told };
}

const opened: ClientMessage = { type: 'tab', op: 'open' };

test('an address that is given before the new tab is there goes to it', () => {
  const { sent, newTab, told } = person();
  newTab.open();
  newTab.open();
  newTab.navigate('t1', 'https://a.example/');
  told('t1', 't1', 't2'); // it is there and not shown yet
  assert.deepEqual(sent, [opened]);
  told('t2', 't1', 't2');
  newTab.navigate('t2', 'https://b.example/');
  assert.deepEqual(sent, [opened, { type: 'navigate', tab: 't2', url: 'https://a.example/' }, { type: 'navigate', tab: 't2', url: 'https://b.example/' }]);
});

test('where no new tab comes, addresses go where the person is', () => {
  const { sent, newTab } = person();
  newTab.open();
  newTab.navigate('t1', 'https://a.example/');
  newTab.handle({ type: 'error', code: 'limited', reason: 'tabs_full', message: '' } as ServerMessage);
  newTab.navigate('t1', 'https://b.example/');
  assert.deepEqual(sent, [opened, { type: 'navigate', tab: 't1', url: 'https://b.example/' }]);
});
