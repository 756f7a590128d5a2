// Finds the workspace around the product and follows what the agent turns to in it.
import type { Apm, ApmEvents, DynamicsWindow, Omnichannel } from './dynamics';

/** The host objects around a page; each where it was found nearest. */
export interface Workspace {
  omnichannel: Omnichannel | undefined;
  apm: Apm | undefined;
  microsoft: DynamicsWindow['Microsoft'];
  webAPI: NonNullable<DynamicsWindow['Xrm']>['WebApi'];
  /** Where Omnichannel listens for the events of a co-browse session. */
  window: Pick<Window, 'dispatchEvent'>;
}

export function findWorkspace(from: Window): Workspace {
  const found = nearest(from, (w) => w.Microsoft?.Omnichannel);
  const microsoft = found?.Microsoft ?? nearest(from, (w) => w.Microsoft?.CCaaS)?.Microsoft;
  return {
    omnichannel: microsoft?.Omnichannel, apm: microsoft?.Apm, microsoft,
    webAPI: nearest(from, (w) => w.Xrm?.WebApi)?.Xrm?.WebApi,
    window: found ?? from,
  };
}

/** The nearest window upwards that has it. A window of another origin ends the search. */
function nearest(from: Window, has: (w: DynamicsWindow) => unknown): (Window & DynamicsWindow) | undefined {
  let at = from as Window & DynamicsWindow;
  for (;;) {
    try {
      if (has(at)) return at;
    } catch {
      return undefined;
    }
    if (at.parent === at) return undefined;
    at = at.parent as Window & DynamicsWindow;
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

export interface ConversationEvents {
  /** The agent turned to this conversation: now, as soon as there is one, and after every switch. */
  focused: (conversation: string) => void;
  /** The agent closed its session. */
  closed: (conversation: string) => void;
}

/** Omnichannel has no event for the first conversation, so it is asked once a second until it answers. */
export function watchConversations({ omnichannel, apm }: Pick<Workspace, 'omnichannel' | 'apm'>, events: ConversationEvents): () => void {
  const sessions = new Map<string, string>(); // session → conversation: a session that is closed can no longer be asked
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let known = '';
  let asked = 0;
  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    const turn = ++asked;
    const session = apm?.getFocusedSession()?.sessionId;
    const id = await omnichannel?.getConversationId().catch(() => '');
    if (stopped || turn !== asked) return; // the agent has turned on since then
    if (!id) {
      timer = setTimeout(() => void ask(), 1000);
      return;
    }
    if (session && session === apm?.getFocusedSession()?.sessionId) sessions.set(session, id);
    if (id !== known) {
      known = id;
      events.focused(id);
    }
  };
  const closed = ({ sessionId }: ApmEvents['ON_SESSION_CLOSED']): void => {
    const id = sessions.get(sessionId);
    if (!id) return;
    sessions.delete(sessionId);
    if (id === known) known = ''; // it may be opened again; what is in focus now, the switch tells
    events.closed(id);
  };
  const channels = [subscribe(apm, 'ON_SESSION_SWITCH', () => void ask()), subscribe(apm, 'ON_SESSION_CLOSED', closed)];
  void ask();
  return () => {
    stopped = true;
    clearTimeout(timer);
    channels.forEach((c) => c?.close());
  };
}

function subscribe<E extends keyof ApmEvents>(apm: Apm | undefined, event: E, hear: (data: ApmEvents[E]) => void): BroadcastChannel | undefined {
  if (!apm) return undefined;
  const channel = new BroadcastChannel(apm.getEventPublisherTopic(event));
  channel.onmessage = (e: MessageEvent<ApmEvents[E]>) => hear(e.data);
  return channel;
}
