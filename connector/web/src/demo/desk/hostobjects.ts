/// <reference types="xrm" />
// The host objects of the real workspace, with the documented shapes and nothing that the real one lacks: what the product's
// host script finds here it finds there.
import type { Apm, ApmEvents, ApmSession, Omnichannel } from '../../desk-host/dynamics';
import { MockStandaloneSDK } from '../../mockhost/standalone';
import { dataverse, webAPI } from './webapi';
import type { Workspace } from './workspace';

export function installHostObjects(workspace: Workspace): void {
  const host = window as unknown as Record<string, unknown>;
  host['Microsoft'] = { Omnichannel: omnichannel(workspace), Apm: apm(workspace), CCaaS: { StandaloneSDK: new MockStandaloneSDK(workspace) } };
  host['Xrm'] = { WebApi: webAPI } satisfies Partial<Record<keyof typeof Xrm, unknown>>;
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

    linkToConversation: async (table: string, recordId: string, conversationId = workspace.focused): Promise<void> => {
      if (table !== 'incident') throw new Error('Only cases are linked here');
      await dataverse(`msdyn_ocliveworkitems(${conversationId})`, 'PATCH', { 'msdyn_IssueId_msdyn_ocliveworkitem@odata.bind': `/incidents(${recordId})` });
      await workspace.refresh();
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
