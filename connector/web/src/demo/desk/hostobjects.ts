// The host objects of the real workspace, with the documented shapes and nothing that the real one lacks: what the product's
// host script finds here it finds there.
import type { Conversation, Workspace } from './workspace';

const sessionSwitch = 'demo-desk-session-switch';
/** The published numbers of msdyn_channel. */
const channels = { chat: '192360000', voice: '192440000' } as const;

export function installHostObjects(workspace: Workspace): void {
  const host = window as unknown as Record<string, unknown>;
  host['Microsoft'] = { Omnichannel: omnichannel(workspace), Apm: apm(workspace) };
  host['Xrm'] = { WebApi: { retrieveRecord: (table: string, id: string, options?: string) => retrieve(workspace, table, id, options) } };
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
  };
}

function apm(workspace: Workspace) {
  const session = (id: string) => {
    const c = workspace.conversation(id);
    if (!c) return undefined;
    return {
      sessionId: c.id, isDefault: false, canClose: true, title: c.customerName,
      getContext: () => Promise.resolve({ parameters: { customerName: c.customerName } }),
    };
  };
  return {
    getFocusedSession: () => session(workspace.focused),
    getSession: session,
    getEventPublisherTopic: (event: string) => (event === 'ON_SESSION_SWITCH' ? sessionSwitch : `demo-desk-${event}`),
  };
}

const publisher = new BroadcastChannel(sessionSwitch);

/** The agent turns to another session; tabs and panes hear of it. */
export function switchSession(workspace: Workspace, id: string): void {
  if (id === workspace.focused) return;
  const previous = workspace.focus(id);
  publisher.postMessage({ previousSessionId: previous, newSessionId: id });
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
