// Requests of the pages to the service (docs/protocol.md §2).

/** A refused request. `reason` names the text in the page's catalogue; `status` is 0 without an answer; `retryAfter` is in seconds, 0 when the service did not say. */
export class Problem extends Error {
  constructor(readonly reason: string, readonly status = 0, readonly field = '', readonly retryAfter = 0) { super(reason); }
}

export function asProblem(e: unknown): Problem {
  return e instanceof Problem ? e : new Problem('internal');
}

/** `base` is the version that a change was made from. A file goes in place of a body. */
interface Sent { token?: string | undefined; body?: object | undefined; base?: number | undefined; file?: File | undefined }

export async function request<T>(method: string, path: string, sent: Sent = {}): Promise<T> {
  const response = await send(method, path, sent);
  return await response.json().catch(() => ({})) as T;
}

/** Gives the answer as it is, where more than its body counts. */
export async function send(method: string, path: string, { token, body, base, file }: Sent): Promise<Response> {
  const response = await fetch(path, {
    method, cache: 'no-store',
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body && { 'Content-Type': 'application/json' }),
      // Not in the address, which is logged.
      ...(file && { 'Content-Type': 'application/octet-stream', 'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}` }),
      ...(base !== undefined && { 'If-Match': `"${base}"` }),
    },
    ...(body && { body: JSON.stringify(body) }),
    ...(file && { body: file }),
  }).catch(() => { throw new Problem('offline'); });
  if (response.ok) return response;
  const said = await response.json().catch(() => ({})) as { reason?: string; field?: string };
  throw new Problem(said.reason ?? 'unavailable', response.status, said.field, Number(response.headers.get('Retry-After')) || 0);
}
