// Files on their way between the customer's device and the shared browser (docs/protocol.md §2).
import { request, send } from '../http';

export interface Files {
  download(id: string): Promise<Blob>;
  upload(wanted: string, file: File): Promise<void>;
}

/** By the token of the customer's live socket, which is at this path. */
export function filesOf(token: string, socket = '/v1/live'): Files {
  return {
    download: async (id) => (await send('GET', `${socket}/downloads/${encodeURIComponent(id)}`, { token })).blob(),
    upload: (wanted, file) => request('POST', `${socket}/uploads/${encodeURIComponent(wanted)}`, { token, file }),
  };
}
