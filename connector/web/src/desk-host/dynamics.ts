/// <reference types="xrm" />
// The host objects of Dynamics that the product and its stand-ins use, as Microsoft documents them: no more of each than is used. They live
// on the top window of the workspace, which is of the same origin as a web resource or a control in a pane. connector/web/conformance
// holds them against Microsoft's own typings.

export interface Omnichannel {
  /** The conversation in focus; rejects without one. Its id is the one of the msdyn_ocliveworkitem. */
  getConversationId(): Promise<string>;
  openConversation(conversationId: string): Promise<unknown>;
  /** toSendBox defaults to true, which only fills the agent's send box; false sends. */
  sendMessageToConversation(message: string, toSendBox?: boolean, conversationId?: string): Promise<unknown>;
  /** Only active conversations; takes the place of a case that was linked before. */
  linkToConversation?(table: 'account' | 'contact' | 'incident', recordId: string, conversationId?: string): Promise<unknown>;
}

interface SessionContext {
  parameters: Record<string, unknown>;
  getTabContext(tabId: string): unknown;
}

/** A session of the workspace: what the agent switches between. Its id is not the conversation's. */
export interface ApmSession {
  sessionId: string;
  isDefault: boolean;
  canClose: boolean;
  title: string;
  getContext(): Promise<SessionContext>;
}

export interface Apm {
  getFocusedSession(): ApmSession | undefined;
  getSession(sessionId: string): ApmSession | undefined;
  /** The name of the BroadcastChannel on which the event is published. */
  getEventPublisherTopic(event: keyof ApmEvents): string;
}

export interface ApmEvents {
  ON_SESSION_SWITCH: { previousSessionId: string; newSessionId: string };
  ON_SESSION_CLOSED: { sessionId: string };
}

export type WebApi = Pick<typeof Xrm.WebApi, 'retrieveRecord' | 'retrieveMultipleRecords' | 'createRecord'>;

export interface RecordingCompleted {
  liveWorkItemId: string;
  result: boolean;
  currentState: 'in-progress' | 'not-started' | 'paused' | 'unknown';
}

/** Microsoft.CCaaS.StandaloneSDK.voice, a preview: documented, but not in the published typings. */
export interface Voice {
  startRecording(call: { liveWorkItemId: string }): Promise<void>;
  pauseRecording(call: { liveWorkItemId: string }): Promise<void>;
  /** Gives the handler's id. */
  onRecordingOperationCompleted(callback: (data: RecordingCompleted) => void): string;
}

export interface StandaloneSDK {
  voice?: Voice;
  utility: { removeEventHandlerById(id: string): boolean };
}

/** A window of the workspace, as far as it has them. */
export interface DynamicsWindow {
  Microsoft?: { Omnichannel?: Omnichannel; Apm?: Apm; CCaaS?: { StandaloneSDK?: StandaloneSDK } };
  Xrm?: { WebApi?: WebApi };
}
