// The customer's part of the HTTP interface (docs/protocol.md §2).
import type { Company } from '../live';

/** A refused request; `reason` names the text in the catalogue. */
export class Problem extends Error {
  constructor(readonly reason: string) { super(reason); }
}

export interface Invitation { pin: string; expiresAt: string; token: string; session: string; now: number }
export interface Admission { token: string; session: string; company: Company }

export const getCompany = (slug: string) => request<Company>('GET', `/v1/companies/${encodeURIComponent(slug)}`);
export const useTicket = (ticket: string) => request<Admission>('POST', '/v1/join/tickets', { ticket });

export async function makePIN(slug: string, startUrl: string | undefined): Promise<Invitation> {
  return request<Invitation>('POST', `/v1/join/${encodeURIComponent(slug)}/pins`, { startUrl });
}

async function request<T>(method: string, path: string, body?: object): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method, cache: 'no-store', credentials: 'omit',
      ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem('offline');
  }
  const answer = await response.json().catch(() => ({})) as T & { reason?: string };
  if (!response.ok) throw new Problem(answer.reason ?? (response.status >= 500 ? 'offline' : 'session_gone'));
  // The service's clock: phones are often minutes off, and the PIN's countdown must not be.
  return { ...answer, now: Date.parse(response.headers.get('Date') ?? '') || Date.now() };
}
