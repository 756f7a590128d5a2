import type { EmbedSDK } from '../desk-host/embedsdk';
import type { MockWorkspace } from './workspace';

/** What the real one says of a conversation that is loaded. */
interface Loaded { liveWorkItemId: string; conversationType: string; createdTimeStamp: string; sessionId: string; customerName: string }

/** Microsoft.CCaaS.EmbedSDK of the contact centre inside another desktop. */
export class MockEmbedSDK implements EmbedSDK {
  private readonly loaded: ((data: Loaded) => void)[] = [];
  private readonly status: ((data: { liveWorkItemId: string; statusCode: number }) => void)[] = [];

  constructor(private readonly workspace: MockWorkspace) {}

  // As in the real one, this belongs to the class and not to the object.
  get conversation() {
    return {
      onConversationLoaded: (callback: (data: Loaded) => void): void => { this.loaded.push(callback); },
      onStatusChange: (callback: (data: { liveWorkItemId: string; statusCode: number }) => void): void => { this.status.push(callback); },
      getFocusedConversationId: (): Promise<string> =>
        this.workspace.focused ? Promise.resolve(this.workspace.focused) : Promise.reject(new Error('No conversation is in focus')),
    };
  }

  load(liveWorkItemId: string): void {
    const conversation = this.workspace.conversation(liveWorkItemId);
    if (!conversation) throw new Error('there is no such conversation');
    this.workspace.focus(liveWorkItemId);
    this.loaded.forEach((hear) => hear({
      liveWorkItemId, conversationType: conversation.channel, createdTimeStamp: new Date().toISOString(), sessionId: liveWorkItemId, customerName: conversation.customerName,
    }));
  }

  turn(liveWorkItemId: string, statusCode: number): void {
    if (statusCode === 4) this.workspace.focus('');
    this.status.forEach((hear) => hear({ liveWorkItemId, statusCode }));
  }
}
