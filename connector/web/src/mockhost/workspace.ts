// What a stand-in for Microsoft's pages knows and keeps: the agent's conversations, the records behind them, and everything that was done.

export interface Conversation {
  id: string; channel: 'chat' | 'voice'; customerName: string; customerId: string; caseId: string;
  /** Whether it is assigned to the agent who is signed in. */
  assigned: boolean; closed: boolean;
  /** Whether this call is recorded. */
  recorded: boolean;
}

export interface CaseRecord { incidentid: string; title: string; ticketnumber: string; statecode: number; _customerid_value: string; _primarycontactid_value: string | null }

export interface Setup {
  service: string; company: string;
  /** What is on the screen beside the conversations. */
  surface: 'tab' | 'pane' | 'case' | 'cif';
  conversations: Conversation[];
  cases: CaseRecord[];
  /** schemaname → value */
  variables: Record<string, string>;
  /** Host objects that this organisation lacks. */
  without: string[];
}

export interface Done { what: string; [detail: string]: unknown }

export class MockWorkspace {
  focused: string;
  /** Everything that was asked of the host objects, for the test to read. */
  readonly done: Done[] = [];
  private readonly listeners: (() => void)[] = [];

  constructor(readonly setup: Setup) {
    this.focused = setup.conversations[0]?.id ?? '';
  }

  conversation(id: string): Conversation | undefined {
    return this.setup.conversations.find((c) => c.id === id);
  }

  call(id: string): Conversation | undefined {
    const c = this.conversation(id);
    return c?.channel === 'voice' && !c.closed ? c : undefined;
  }

  turned(liveWorkItemId: string, paused: boolean): void {
    this.keep(paused ? 'recordingPaused' : 'recordingStarted', { liveWorkItemId });
  }

  focus(id: string): void {
    this.focused = id;
    this.listeners.forEach((l) => l());
  }

  onFocus(listener: () => void): void {
    this.listeners.push(listener);
  }

  keep(what: string, detail: Record<string, unknown> = {}): void {
    this.done.push({ what, ...detail });
  }
}
