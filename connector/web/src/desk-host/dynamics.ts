// The host objects of Dynamics that the product and its stand-in desk use, as Microsoft documents them (Microsoft.Omnichannel and
// Microsoft.Apm, app profile manager). They live on the top window of the workspace, which is of the same origin as a web resource
// or a control in a pane.

export interface Omnichannel {
  /** The conversation in focus; rejects without one. Its id is the one of the msdyn_ocliveworkitem. */
  getConversationId(): Promise<string>;
  openConversation(conversationId: string): Promise<unknown>;
  /** toSendBox defaults to true, which only fills the agent's send box; false sends. */
  sendMessageToConversation(message: string, toSendBox?: boolean, conversationId?: string): Promise<unknown>;
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
