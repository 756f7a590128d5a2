// Files on their way between the customer's device and the shared browser (docs/protocol.md §2).
import { request, send } from '../http';

export interface Files {
  download(id: string): Promise<Blob>;
  upload(wanted: string, file: File): Promise<void>;
}

/** By the token of the customer's live socket. */
export function filesOf(token: string): Files {
  return {
    download: async (id) => (await send('GET', `/v1/live/downloads/${encodeURIComponent(id)}`, { token })).blob(),
    upload: (wanted, file) => request('POST', `/v1/live/uploads/${encodeURIComponent(wanted)}`, { token, file }),
  };
}
