// The customer's part of the HTTP interface (docs/protocol.md §2).
import { request, send } from '../http';
import type { Company } from '../live';

interface Invitation { pin: string; expiresAt: string; token: string; session: string; now: number }
interface Admission { token: string; session: string; company: Company }

export const getCompany = (slug: string) => request<Company>('GET', `/v1/companies/${encodeURIComponent(slug)}`);
export const useTicket = (ticket: string) => request<Admission>('POST', '/v1/join/tickets', { body: { ticket } });

export async function makePIN(slug: string, startUrl: string | undefined): Promise<Invitation> {
  const response = await send('POST', `/v1/join/${encodeURIComponent(slug)}/pins`, { body: { startUrl } });
  // The service's clock: phones are often minutes off, and the PIN's countdown must not be.
  return { ...await response.json() as Invitation, now: Date.parse(response.headers.get('Date') ?? '') || Date.now() };
}
