import assert from 'node:assert/strict';
import { test } from 'node:test';
import { casesOf } from './cases';
import { caseOfAddress } from './ciframework';
import type { Apm, Omnichannel, RecordingCompleted, WebApi } from './dynamics';
import { caseTarget, plainID } from './dynamicsdesk';
import { settingsOf } from './environment';
import { CallRecording } from './recording';
import { watchConversations } from './workspace';

const conversation = '8a000000-0000-4000-8000-000000000001';
const customer = 'c0000000-0000-4000-8000-000000000001';

/** Answers as Xrm.WebApi does and keeps what was asked. */
function client(records: { customer?: string; table?: string; cases?: object[]; variables?: object[] } = {}) {
  const asked: string[] = [];
  const made: object[] = [];
  const webAPI = {
    retrieveRecord: (table: string, id: string, query: string) => {
      asked.push(`${table} ${id} ${query}`);
      return Promise.resolve({
        _msdyn_customer_value: records.customer ?? null,
        '_msdyn_customer_value@Microsoft.Dynamics.CRM.lookuplogicalname': records.table ?? 'contact',
      });
    },
    retrieveMultipleRecords: (table: string, query: string) => {
      asked.push(`${table} ${decodeURIComponent(query)}`);
      return Promise.resolve({ entities: (table === 'incident' ? records.cases : records.variables) ?? [] });
    },
    createRecord: (table: string, data: object) => {
      made.push({ table, ...data });
      return Promise.resolve({ id: `case-${made.length}`, entityType: table });
    },
  } as unknown as WebApi;
  return { webAPI, asked, made };
}

function channel(refuse: () => boolean = () => false) {
  const linked: string[] = [];
  const omnichannel = {
    linkToConversation: (table: string, id: string, to: string) => {
      if (refuse()) return Promise.reject(new Error('closed'));
      linked.push(`${table} ${id} ${to}`);
      return Promise.resolve();
    },
  } as unknown as Omnichannel;
  return { omnichannel, linked };
}

test('the cases of the customer, and those that fit what the agent typed', async () => {
  const { webAPI, asked } = client({ customer, cases: [{ incidentid: 'i1', title: 'Wrong size', ticketnumber: 'CAS-1' }] });
  const cases = casesOf(conversation, webAPI, channel().omnichannel);
  assert.deepEqual(await cases?.find(''), [{ id: 'i1', title: 'Wrong size', number: 'CAS-1' }]);
  assert.match(asked[1] ?? '', new RegExp(`statecode eq 0 and \\(_customerid_value eq ${customer} or _primarycontactid_value eq ${customer}\\)`));
  await cases?.find("O'Brien' or true&$top=5");
  assert.match(asked[2] ?? '', /\$filter=contains\(title,'O''Brien'' or true&\$top=5'\) or contains\(ticketnumber,'O''Brien'' or true&\$top=5'\)&\$orderby/);
});

test('what is typed stays inside its own part of the query', async () => {
  let query = '';
  const webAPI = { retrieveMultipleRecords: (_: string, q: string) => { query = q; return Promise.resolve({ entities: [] }); } } as unknown as WebApi;
  await casesOf(conversation, webAPI, channel().omnichannel)?.find('a&b#c%27');
  assert.deepEqual(query.slice(1).split('&').map((part) => part.split('=')[0]), ['$select', '$filter', '$orderby', '$top']);
  assert.equal(query.includes('#'), false);
});

test('a conversation without a customer has no cases of theirs and gets no new one', async () => {
  const { webAPI, asked, made } = client();
  const cases = casesOf(conversation, webAPI, channel().omnichannel);
  assert.deepEqual(await cases?.find(''), []);
  assert.equal(asked.length, 1);
  await assert.rejects(async () => cases?.create('Wrong size'));
  assert.deepEqual(made, []);
});

test('a case is made for the customer and linked; a link that failed makes no second case', async () => {
  let refused = true;
  const { webAPI, made } = client({ customer, table: 'account' });
  const { omnichannel, linked } = channel(() => refused);
  const cases = casesOf(conversation, webAPI, omnichannel);
  await assert.rejects(async () => cases?.create('Wrong size'));
  refused = false;
  await cases?.create('Wrong size');
  assert.deepEqual(made, [{ table: 'incident', title: 'Wrong size', 'customerid_account@odata.bind': `/accounts(${customer})` }]);
  assert.deepEqual(linked, [`incident case-1 ${conversation}`]);
});

test('a desk without the calls that it takes offers no cases', () => {
  assert.equal(casesOf(conversation, undefined, channel().omnichannel), undefined);
  assert.equal(casesOf(conversation, client().webAPI, {} as Omnichannel), undefined);
});

const baked = { service: 'https://baked.example', company: 'baked' };
const variable = (schemaname: string, defaultvalue: string | null, value?: string) =>
  ({ schemaname, defaultvalue, environmentvariabledefinition_environmentvariablevalue: value === undefined ? [] : [{ value }] });

test('environment variables count before what the package holds', async () => {
  const { webAPI } = client({ variables: [
    variable('cob_ServiceUrl', 'https://default.example', 'https://set.example'), variable('cob_Company', 'acme'), variable('cob_SendDirectly', 'yes', 'no'),
  ] });
  assert.deepEqual(await settingsOf(baked, webAPI), { service: 'https://set.example', company: 'acme', sendDirectly: false });
});

test('variables that are missing, broken or cannot be read leave the package as it is', async () => {
  const same = { ...baked, sendDirectly: true };
  assert.deepEqual(await settingsOf(baked, undefined), same);
  assert.deepEqual(await settingsOf(baked, client({ variables: [variable('cob_ServiceUrl', 'cobrowse'), variable('cob_Company', null)] }).webAPI), same);
  const refusing = { retrieveMultipleRecords: () => Promise.reject(new Error('no right')) } as unknown as WebApi;
  assert.deepEqual(await settingsOf(baked, refusing), same);
});

/** A call whose recording does what it is told, and says so when the test wants. */
function call() {
  const did: string[] = [];
  const told: boolean[] = [];
  let hear: ((e: RecordingCompleted) => void) | undefined;
  const refuse = { on: false };
  const does = (what: string) => (c: { liveWorkItemId: string }): Promise<void> => {
    did.push(`${what} ${c.liveWorkItemId}`);
    return refuse.on ? Promise.reject(new Error('recording is not enabled')) : Promise.resolve();
  };
  const recording = new CallRecording({
    voice: { pauseRecording: does('pause'), startRecording: does('start'), onRecordingOperationCompleted: (f) => { hear = f; return 'h1'; } },
    utility: { removeEventHandlerById: (id) => { did.push(`remove ${id}`); hear = undefined; return true; } },
  }, 'c1', (paused) => told.push(paused));
  const completed = (currentState: RecordingCompleted['currentState'], result = true, liveWorkItemId = 'c1'): void => hear?.({ liveWorkItemId, result, currentState });
  return { did, told, recording, completed, refuse };
}

test('the call is recorded again when the customer leaves the hidden field, one step after the other', () => {
  const { did, told, recording, completed } = call();
  recording.privately(true);
  recording.privately(false); // before the pause has come about
  assert.deepEqual(did, ['pause c1']);
  completed('paused', true, 'another call');
  assert.deepEqual(told, []);
  completed('paused');
  assert.deepEqual(did, ['pause c1', 'start c1']);
  completed('in-progress');
  assert.deepEqual(told, [true, false]);
});

test('the end of a session resumes what it paused, also when the pause was still to come', () => {
  for (const done of [true, false]) {
    const { did, recording, completed } = call();
    recording.privately(true);
    if (done) completed('paused');
    recording.end();
    recording.end();
    assert.deepEqual(did, ['pause c1', 'remove h1', 'start c1']);
  }
});

test('a recording that the agent paused, or that there is not, is left alone', async () => {
  const { did, told, recording, completed, refuse } = call();
  refuse.on = true;
  recording.privately(true);
  await Promise.resolve();
  recording.privately(false);
  completed('paused'); // the agent's own
  recording.end();
  assert.deepEqual(did, ['pause c1', 'remove h1']);
  assert.deepEqual(told, []);
});

test('a pause that does not come about is not asked for again in the same field', () => {
  const { did, told, recording, completed } = call();
  recording.privately(true);
  completed('in-progress', false);
  assert.deepEqual([did, told], [['pause c1'], []]);
});

test('ids as Dynamics writes them', () => {
  assert.equal(plainID('{8A000000-0000-4000-8000-00000000000F}'), '8a000000-0000-4000-8000-00000000000f');
  assert.equal(caseTarget('{8A0000}'), 'incident:8a0000');
});

test('the case of the address that a page of Dynamics goes to', () => {
  const value = 'https://org.crm.dynamics.com/main.aspx?appid=1&pagetype=entityrecord&etn=incident&id=%7B8A0000%7D';
  assert.equal(caseOfAddress({ value }), '{8A0000}');
  assert.equal(caseOfAddress(JSON.stringify({ value })), '{8A0000}');
  for (const other of [null, undefined, 'main.aspx', {}, { value: 7 }, { value: 'main.aspx?etn=incident' }, { value: value.replace('incident', 'contact') }]) {
    assert.equal(caseOfAddress(other), '', JSON.stringify(other));
  }
});

test('an answer about the conversation that the agent has left changes nothing', async () => {
  const answers: ((id: string) => void)[] = [];
  const turned: string[] = [];
  let focused = 'first', hear: () => void = () => undefined;
  const original = globalThis.BroadcastChannel;
  globalThis.BroadcastChannel = class {
    constructor(private readonly topic: string) {}
    set onmessage(f: (e: { data: object }) => void) { if (this.topic === 'ON_SESSION_SWITCH') hear = () => f({ data: {} }); }
    close(): void {}
  } as unknown as typeof BroadcastChannel;
  const stop = watchConversations({
    omnichannel: { getConversationId: () => new Promise<string>((answer) => { answers.push(answer); }) } as unknown as Omnichannel,
    apm: { getFocusedSession: () => ({ sessionId: focused }), getEventPublisherTopic: (event: string) => event } as unknown as Apm,
  }, { focused: (id) => turned.push(id), closed: () => undefined });
  hear();
  focused = 'second';
  hear();
  answers[2]?.('second');
  answers[1]?.('first');
  answers[0]?.('first');
  await new Promise((done) => { setImmediate(done); });
  assert.deepEqual(turned, ['second']);
  stop();
  globalThis.BroadcastChannel = original;
});
