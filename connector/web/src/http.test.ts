import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { asProblem, Problem, request } from './http';

function answers(answer: Response | Error) {
  const asked = mock.method(globalThis, 'fetch', () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)));
  return () => {
    const [path, init] = asked.mock.calls[0]?.arguments ?? [];
    asked.mock.restore();
    return { path, method: init?.method, headers: init?.headers, body: init?.body };
  };
}

test('a request carries what it is given and gives the answer', async () => {
  const asked = answers(Response.json({ version: 13 }));
  assert.deepEqual(await request('PUT', '/v1/x', { token: 't', body: { a: 1 }, base: 12 }), { version: 13 });
  const headers = { Authorization: 'Bearer t', 'Content-Type': 'application/json', 'If-Match': '"12"' };
  assert.deepEqual(asked(), { path: '/v1/x', method: 'PUT', headers, body: '{"a":1}' });
  const again = answers(new Response(null, { status: 204 }));
  assert.deepEqual(await request('DELETE', '/v1/x'), {});
  assert.deepEqual(again(), { path: '/v1/x', method: 'DELETE', headers: {}, body: undefined });
});

test('a refusal says why, or that it did not', async () => {
  const limited = { status: 429, headers: { 'Retry-After': '90' } };
  const cases: [Response | Error, [string, number, string, number]][] = [
    [Response.json({ reason: 'rate_limited' }, limited), ['rate_limited', 429, '', 90]],
    [Response.json({ reason: 'policy_site', field: 'masks[3]' }, { status: 400 }), ['policy_site', 400, 'masks[3]', 0]],
    [new Response('<h1>Bad gateway', { status: 502 }), ['unavailable', 502, '', 0]],
    [new TypeError('no network'), ['offline', 0, '', 0]],
  ];
  for (const [answer, want] of cases) {
    const done = answers(answer);
    const problem = await request('GET', '/v1/x').catch((e: unknown) => e);
    done();
    assert.ok(problem instanceof Problem, want[0]);
    assert.deepEqual([problem.reason, problem.status, problem.field, problem.retryAfter], want);
    assert.equal(asProblem(problem), problem);
  }
  assert.equal(asProblem(new TypeError('a mistake of ours')).reason, 'internal');
});
