// The host objects of Dynamics that the product uses, as documented; nothing else of them is touched. They live on the top
// window of the workspace, which is of the same origin as a web resource or a control in a pane.

export interface Omnichannel {
  getConversationId(): Promise<string>;
  /** toSendBox defaults to true, which only fills the agent's send box; false sends. */
  sendMessageToConversation(message: string, toSendBox?: boolean, conversationId?: string): Promise<unknown>;
}

export interface Apm {
  getEventPublisherTopic(event: 'ON_SESSION_SWITCH' | 'ON_SESSION_CLOSED'): string;
}

export interface WorkspaceWindow {
  Microsoft?: { Omnichannel?: Omnichannel; Apm?: Apm };
  dispatchEvent(event: Event): boolean;
}

/** The nearest window upwards that has the host objects, else this one. A window of another origin ends the search. */
export function findWorkspace(from: Window): WorkspaceWindow {
  let at: Window = from;
  for (;;) {
    try {
      if ((at as unknown as WorkspaceWindow).Microsoft?.Omnichannel) return at as unknown as WorkspaceWindow;
    } catch {
      return from as unknown as WorkspaceWindow;
    }
    if (at.parent === at) return from as unknown as WorkspaceWindow;
    at = at.parent;
  }
}

/** The conversation that Dynamics names in the URL of a tab's web resource: ?data={"conversationId":"…"}. */
export function conversationOfTab(search: string): string {
  const data = new URLSearchParams(search).get('data');
  if (!data) return '';
  try {
    const parsed: unknown = JSON.parse(data);
    const id = (parsed as Record<string, unknown> | null)?.['conversationId'];
    return typeof id === 'string' ? id : '';
  } catch {
    return '';
  }
}

/**
 * Calls back with the id of the conversation in focus: now, as soon as there is one, and after every switch. Omnichannel has no
 * event for the first one, so it is asked once a second until it answers.
 */
export function watchConversation(workspace: WorkspaceWindow, changed: (id: string) => void): () => void {
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let known = '';
  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    const id = await workspace.Microsoft?.Omnichannel?.getConversationId().catch(() => '');
    if (stopped) return;
    if (!id) {
      timer = setTimeout(() => void ask(), 1000);
    } else if (id !== known) {
      known = id;
      changed(id);
    }
  };
  const topic = workspace.Microsoft?.Apm?.getEventPublisherTopic('ON_SESSION_SWITCH');
  const switches = topic ? new BroadcastChannel(topic) : undefined;
  if (switches) switches.onmessage = () => void ask();
  void ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
    switches?.close();
  };
}
