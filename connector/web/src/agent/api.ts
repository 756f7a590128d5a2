// The agent's part of the HTTP interface (docs/protocol.md §2).
import type { Company, Outcome, State } from '../live';

export interface SessionView {
  id: string; state: State; channel: string; customerName: string; agentName: string; createdAt: string; expiresAt: string;
}

export interface Context {
  agent: { id: string; name: string };
  company: Company;
  conversation: string;
  channel: string;
  case: { title: string };
  customerName: string;
  session: SessionView | null;
  deskOrigin: string;
}

/** A refused request. `reason` names the text in the catalogue; `retryAfter` is in seconds, 0 when the service did not say. */
export class Problem extends Error {
  constructor(readonly reason: string, readonly status: number, readonly retryAfter = 0) {
    super(reason);
  }
}

export function launch(jws: string): Promise<Context & { token: string }> {
  return call('POST', '/v1/agent/launch', undefined, { launch: jws });
}

export class AgentAPI {
  constructor(private readonly token: string) {}

  context(): Promise<Context> {
    return call('GET', '/v1/agent/context', this.token);
  }

  invite(): Promise<{ session: SessionView; joinUrl: string }> {
    return call('POST', '/v1/agent/sessions', this.token, {});
  }

  claim(pin: string): Promise<{ session: SessionView }> {
    return call('POST', '/v1/agent/pins/claim', this.token, { pin });
  }

  join(session: string): Promise<{ token: string }> {
    return call('POST', `/v1/agent/sessions/${encodeURIComponent(session)}/join`, this.token, {});
  }

  outcome(session: string, outcome: Outcome, note: string): Promise<unknown> {
    return call('POST', `/v1/agent/sessions/${encodeURIComponent(session)}/outcome`, this.token, { outcome, note });
  }
}

export async function call<T>(method: string, path: string, token?: string, body?: object): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method, cache: 'no-store', credentials: 'same-origin',
      headers: {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem('offline', 0);
  }
  const answer = await response.json().catch(() => ({})) as T & { reason?: string };
  if (!response.ok) {
    const retryAfter = Number(response.headers.get('Retry-After')) || 0;
    throw new Problem(answer.reason ?? (response.status === 401 ? 'launch_expired' : 'unavailable'), response.status, retryAfter);
  }
  return answer;
}
