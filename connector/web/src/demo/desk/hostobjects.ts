/// <reference types="xrm" />
// The host objects of the real workspace, with the documented shapes and nothing that the real one lacks: what the product's
// host script finds here it finds there.
import type { Apm, ApmEvents, ApmSession, Omnichannel } from '../../desk-host/dynamics';
import type { Conversation, Workspace } from './workspace';

/** The published numbers of msdyn_channel. */
const channels = { chat: '192360000', voice: '192440000' } as const;

export function installHostObjects(workspace: Workspace): void {
  const host = window as unknown as Record<string, unknown>;
  host['Microsoft'] = { Omnichannel: omnichannel(workspace), Apm: apm(workspace) };
  host['Xrm'] = { WebApi: webAPI(workspace) } satisfies Partial<Record<keyof typeof Xrm, unknown>>;
}

/** Native promises stand in for the client's own ones. */
type Native<F> = F extends (...args: infer A) => Xrm.Async.PromiseLike<infer R> ? (...args: A) => Promise<R> : never;

function webAPI(workspace: Workspace) {
  return {
    retrieveRecord: (table, id, options) => retrieve(workspace, table, id, options),
  } satisfies { retrieveRecord: Native<typeof Xrm.WebApi.retrieveRecord> };
}

function omnichannel(workspace: Workspace) {
  return {
    getConversationId: (): Promise<string> =>
      workspace.focused ? Promise.resolve(workspace.focused) : Promise.reject(new Error('There is no ongoing conversation')),

    openConversation: (id: string): Promise<void> => {
      if (!workspace.conversation(id)) return Promise.reject(new Error('Conversation not found'));
      switchSession(workspace, id);
      return Promise.resolve();
    },

    /** Only a conversation that is assigned to the agent; by default the text waits in the send box. */
    sendMessageToConversation: async (message: string, toSendBox = true, conversationId = workspace.focused): Promise<void> => {
      const conversation = workspace.conversation(conversationId);
      if (!conversation) throw new Error('The conversation is not assigned to the signed-in agent');
      if (conversation.channel !== 'chat') throw new Error('Messages cannot be sent to a voice conversation');
      if (toSendBox) workspace.draft(conversationId, message);
      else await workspace.say(conversationId, message);
    },
  } satisfies Omnichannel;
}

function apm(workspace: Workspace) {
  const session = (sessionId: string): ApmSession | undefined => {
    const c = workspace.desk.conversations.find((one) => sessionOf(one.id) === sessionId);
    if (!c) return undefined;
    return {
      sessionId, isDefault: false, canClose: true, title: c.customerName,
      getContext: () => Promise.resolve({ parameters: { customerName: c.customerName }, getTabContext: () => undefined }),
    };
  };
  return {
    getFocusedSession: () => session(sessionOf(workspace.focused)),
    getSession: session,
    getEventPublisherTopic: topic,
  } satisfies Apm;
}

/** Sessions have ids of their own. */
function sessionOf(conversation: string): string { return `session-${conversation}`; }

function topic(event: keyof ApmEvents): string { return `demo-desk-${event}`; }

const switches = new BroadcastChannel(topic('ON_SESSION_SWITCH'));

/** The agent turns to another session; tabs and panes hear of it. */
export function switchSession(workspace: Workspace, id: string): void {
  if (id === workspace.focused) return;
  const previous = workspace.focus(id);
  switches.postMessage({ previousSessionId: sessionOf(previous), newSessionId: sessionOf(id) } satisfies ApmEvents['ON_SESSION_SWITCH']);
}

function retrieve(workspace: Workspace, table: string, id: string, options = ''): Promise<Record<string, unknown>> {
  const record = workspace.desk.conversations.map((c) => recordOf(table, id, c)).find((r) => r);
  if (!record) return Promise.reject({ errorCode: 2147746327, message: `${table} With Id = ${id} Does Not Exist` });
  const columns = new URLSearchParams(options.replace(/^\?/, '')).get('$select')?.split(',');
  const chosen = columns ? Object.entries(record).filter(([name]) => columns.includes(name)) : Object.entries(record);
  return Promise.resolve(Object.fromEntries(chosen));
}

function recordOf(table: string, id: string, c: Conversation): Record<string, unknown> | undefined {
  if (table === 'msdyn_ocliveworkitem' && id === c.id) {
    return {
      activityid: c.id, subject: c.subject, statuscode: 2, msdyn_channel: channels[c.channel], msdyn_customerlocale: c.locale,
      _msdyn_issueid_value: c.caseId, _msdyn_customer_value: c.customerId,
    };
  }
  if (table === 'incident' && id === c.caseId) return { incidentid: c.caseId, title: c.caseTitle, ticketnumber: c.ticketNumber };
  if (table === 'contact' && id === c.customerId) return { contactid: c.customerId, fullname: c.customerName };
  return undefined;
}
