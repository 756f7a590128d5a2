// What the stand-in desk knows: its server's answers and the chat of each conversation, with everybody who wants to hear of it.

export interface Person { id: string; name: string; role: string }

export interface Conversation {
  id: string; channel: 'chat' | 'voice'; subject: string; queue: string;
  customerId: string; customerName: string; email: string; phone: string; locale: string;
  caseId: string; caseTitle: string; ticketNumber: string; started: string;
}

export interface Message { from: 'agent' | 'customer' | 'system'; name: string; text: string; at: string }

export interface Desk { service: string; company: string; agent: Person; supervisor: Person; conversations: Conversation[] }

/** What the desk's server does not do. */
export class Refused extends Error {
  constructor(message: string, readonly status: number) { super(message); }
}

export async function ask<T>(address: string, body?: unknown): Promise<T> {
  const res = await fetch(address, body === undefined ? {} : {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!res.ok) throw new Refused((await res.text()).trim() || `The desk answered ${res.status}`, res.status);
  return await res.json() as T;
}

/** The agent's sessions: which conversation is in focus, what was said in each, what waits in its send box. */
export class Workspace {
  focused: string;
  readonly chats = new Map<string, Message[]>();
  readonly drafts = new Map<string, string>();
  /** Calls whose recording stands still. */
  readonly unrecorded = new Set<string>();
  private readonly listeners = new Set<() => void>();

  constructor(readonly desk: Desk) {
    this.focused = desk.conversations[0]?.id ?? '';
  }

  conversation(id: string): Conversation | undefined {
    return this.desk.conversations.find((c) => c.id === id);
  }

  /** Every call is recorded here, and goes on. */
  call(id: string): { recorded: boolean } | undefined {
    return this.conversation(id)?.channel === 'voice' ? { recorded: true } : undefined;
  }

  turned(id: string, paused: boolean): void {
    if (paused) this.unrecorded.add(id);
    else this.unrecorded.delete(id);
    this.changed();
  }

  /** Reads again what the conversations are about. */
  async refresh(): Promise<void> {
    this.desk.conversations = (await ask<Desk>('/api/desk')).conversations;
    this.changed();
  }

  focus(id: string): string {
    const previous = this.focused;
    this.focused = id;
    this.changed();
    return previous;
  }

  async load(id: string): Promise<void> {
    this.chats.set(id, await ask<Message[] | null>(`/api/conversations/${encodeURIComponent(id)}/messages`) ?? []);
    this.changed();
  }

  async say(id: string, text: string, from: 'agent' | 'system' = 'agent'): Promise<void> {
    const message = await ask<Message>(`/api/conversations/${encodeURIComponent(id)}/messages`, { text, from });
    this.chats.set(id, [...this.chats.get(id) ?? [], message]);
    this.changed();
  }

  draft(id: string, text: string): void {
    this.drafts.set(id, text);
    this.changed();
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
