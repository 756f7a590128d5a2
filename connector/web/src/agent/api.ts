// The agent's part of the HTTP interface (docs/protocol.md §2).
import { request } from '../http';
import type { Company, Outcome, State } from '../live';

interface SessionView {
  id: string; state: State; channel: string; customerName: string; agentName: string; createdAt: string; expiresAt: string;
}

export interface Context {
  agent: { id: string; name: string };
  company: Company;
  conversation: string;
  channel: string;
  /** Without an id the conversation has none. */
  case: { id: string; title: string };
  customerName: string;
  session: SessionView | null;
  deskOrigin: string;
}

export function launch(jws: string): Promise<Context & { token: string }> {
  return request('POST', '/v1/agent/launch', { body: { launch: jws } });
}

/** The same of somebody whom Entra ID signed in. What the desk says of the conversation and of itself, the service looks up. */
export function entraLaunch(company: string, token: string, conversation: string, origin: string): Promise<Context & { token: string }> {
  return request('POST', '/v1/agent/entra', { body: { company, token, conversation, origin } });
}

export class AgentAPI {
  constructor(private readonly token: string) {}

  context(): Promise<Context> {
    return request('GET', '/v1/agent/context', { token: this.token });
  }

  /** The context as the desk has it now. */
  refresh(): Promise<Context> {
    return this.post('context/refresh', {});
  }

  invite(): Promise<{ session: SessionView; joinUrl: string }> {
    return this.post('sessions', {});
  }

  claim(pin: string): Promise<{ session: SessionView }> {
    return this.post('pins/claim', { pin });
  }

  join(session: string): Promise<{ token: string }> {
    return this.post(`sessions/${encodeURIComponent(session)}/join`, {});
  }

  outcome(session: string, outcome: Outcome, note: string): Promise<unknown> {
    return this.post(`sessions/${encodeURIComponent(session)}/outcome`, { outcome, note });
  }

  private post<T>(path: string, body: object): Promise<T> {
    return request('POST', `/v1/agent/${path}`, { token: this.token, body });
  }
}
