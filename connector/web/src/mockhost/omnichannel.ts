import type { Apm, ApmEvents, ApmSession, Omnichannel } from '../desk-host/dynamics';
import type { Conversation, MockWorkspace } from './workspace';

/** The longest message of a conversation. */
const longest = 4000;
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Microsoft.Omnichannel, which works on conversations of the signed-in agent that are not over. */
export class MockOmnichannel implements Omnichannel {
  constructor(private readonly workspace: MockWorkspace) {}

  getConversationId(): Promise<string> {
    const focused = this.workspace.conversation(this.workspace.focused);
    return focused && !focused.closed ? Promise.resolve(focused.id) : Promise.reject(new Error('There is no ongoing conversation'));
  }

  async openConversation(id: string): Promise<void> {
    this.workspace.focus(this.open(id).id);
  }

  async sendMessageToConversation(message: string, toSendBox = true, id = this.workspace.focused): Promise<void> {
    const conversation = this.open(id);
    if (!conversation.assigned) throw new Error('The conversation is not assigned to the signed-in agent');
    if (conversation.channel !== 'chat') throw new Error('A call takes no messages');
    if (!message || message.length > longest) throw new Error(`A message has 1 to ${longest} characters`);
    this.workspace.keep(toSendBox ? 'sendBox' : 'sent', { id, message });
  }

  async linkToConversation(table: 'account' | 'contact' | 'incident', recordId: string, id = this.workspace.focused): Promise<void> {
    const conversation = this.open(id);
    if (!guid.test(recordId)) throw new Error(`${recordId} is no id of a record`);
    if (table === 'incident') {
      if (!this.workspace.setup.cases.some((c) => c.incidentid === recordId)) throw new Error('There is no such case');
      conversation.caseId = recordId;
    } else {
      conversation.customerId = recordId;
    }
    this.workspace.keep('linked', { table, recordId, id });
  }

  private open(id: string): Conversation {
    const conversation = this.workspace.conversation(id);
    if (!conversation) throw new Error('Conversation not found');
    if (conversation.closed) throw new Error('The conversation is closed');
    return conversation;
  }
}

/** Microsoft.Apm: the agent's sessions, which are not the conversations themselves. */
export class MockApm implements Apm {
  private readonly channel = new BroadcastChannel(this.getEventPublisherTopic('ON_SESSION_SWITCH'));

  constructor(private readonly workspace: MockWorkspace) {}

  getFocusedSession(): ApmSession | undefined {
    return this.getSession(sessionOf(this.workspace.focused));
  }

  getSession(sessionId: string): ApmSession | undefined {
    const c = this.workspace.setup.conversations.find((one) => sessionOf(one.id) === sessionId);
    return c && {
      sessionId, isDefault: false, canClose: true, title: c.customerName,
      getContext: () => Promise.resolve({ parameters: { customerName: c.customerName }, getTabContext: () => undefined }),
    };
  }

  getEventPublisherTopic(event: keyof ApmEvents): string {
    return `mock-${event}`;
  }

  /** The agent turns to another session. */
  turnTo(id: string): void {
    const previousSessionId = sessionOf(this.workspace.focused);
    this.workspace.focus(id);
    this.channel.postMessage({ previousSessionId, newSessionId: sessionOf(id) } satisfies ApmEvents['ON_SESSION_SWITCH']);
  }
}

function sessionOf(conversation: string): string {
  return `session-id-${conversation}`;
}
