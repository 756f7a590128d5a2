import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MockOmnichannel } from './omnichannel';
import { MockStandaloneSDK } from './standalone';
import { MockWebApi } from './webapi';
import { MockWorkspace, type Conversation } from './workspace';

const caseID = 'ca5e0000-0000-4000-8000-000000000001';
const chat: Conversation = { id: 'c1', channel: 'chat', customerName: 'Maria', customerId: 'm1', caseId: '', assigned: true, closed: false, recorded: false };

function standIn(...conversations: Partial<Conversation>[]): MockWorkspace {
  return new MockWorkspace({
    service: '', company: '', surface: 'tab', variables: {}, without: [], conversations: conversations.map((c) => ({ ...chat, ...c })),
    cases: [{ incidentid: caseID, title: "Maria's coat", ticketnumber: 'CAS-1', statecode: 0, _customerid_value: 'm1', _primarycontactid_value: null }],
  });
}

test('the stand-in refuses what the real conversations refuse', async () => {
  for (const [why, conversation, text] of [
    ['closed', { closed: true }, 'hello'], ['of another agent', { assigned: false }, 'hello'], ['a call', { channel: 'voice' }, 'hello'], ['too long', {}, 'x'.repeat(4001)],
  ] as const) {
    const workspace = standIn(conversation);
    await assert.rejects(new MockOmnichannel(workspace).sendMessageToConversation(text, false, 'c1'), Error, why);
    assert.deepEqual(workspace.done, [], why);
  }
  await assert.rejects(new MockOmnichannel(standIn({ closed: true })).getConversationId());
  await assert.rejects(new MockOmnichannel(standIn({ closed: true })).linkToConversation('incident', caseID, 'c1'));
  await assert.rejects(new MockOmnichannel(standIn({})).linkToConversation('incident', 'no-id', 'c1'));
});

test('the stand-in knows the tables, columns and filters that are used', async () => {
  const api = new MockWebApi(standIn({}));
  const found = async (filter: string): Promise<number> => (await api.retrieveMultipleRecords('incident', `?$select=title&$filter=${encodeURIComponent(filter)}`)).entities.length;
  assert.equal(await found("contains(title,'MARIA''S') or contains(ticketnumber,'none')"), 1);
  assert.equal(await found('statecode eq 0 and (_customerid_value eq other or _primarycontactid_value eq other)'), 0);
  await assert.rejects(found("contains(title,'it's')"));
  await assert.rejects(found('customer eq m1'));
  await assert.rejects(api.retrieveMultipleRecords('incident', '?$select=nothing'));
  await assert.rejects(api.createRecord('incident', { title: 'No customer' }));
});

test('the stand-in records no chat, and no call without recording', async () => {
  for (const conversation of [{}, { channel: 'voice', recorded: false }, { channel: 'voice', recorded: true, closed: true }] as const) {
    await assert.rejects(new MockStandaloneSDK(standIn(conversation)).voice.pauseRecording({ liveWorkItemId: 'c1' }));
  }
});
