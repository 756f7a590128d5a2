/// <reference types="xrm" />
// Xrm.WebApi of the stand-in desk: it asks the organisation's Web API, as the client of the real one does, and the organisation refuses what it
// does not take.

/** Native promises stand in for the client's own ones. */
type Native<F> = F extends (...args: infer A) => Xrm.Async.PromiseLike<infer R> ? (...args: A) => Promise<R> : never;
type Used = 'retrieveRecord' | 'retrieveMultipleRecords' | 'createRecord';

export const webAPI: { [K in Used]: Native<(typeof Xrm.WebApi)[K]> } = {
  retrieveRecord: async (table, id, options = '') => (await dataverse(`${table}s(${id})${options}`)).json(),

  retrieveMultipleRecords: async (table, options = '') => {
    const { value } = await (await dataverse(`${table}s${options}`)).json() as { value: object[] };
    return { entities: value, nextLink: '' };
  },

  createRecord: async (entityType, data) => {
    const made = await dataverse(`${entityType}s`, 'POST', data);
    return { entityType, id: /\(([^()]+)\)$/.exec(made.headers.get('OData-EntityId') ?? '')?.[1] ?? '' };
  },
};

export async function dataverse(path: string, method = 'GET', body?: object): Promise<Response> {
  const answer = await fetch(`/api/data/v9.2/${path}`, {
    method,
    headers: { Accept: 'application/json', 'OData-Version': '4.0', 'OData-MaxVersion': '4.0', Prefer: 'odata.include-annotations="*"', ...(body && { 'Content-Type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw await answer.json();
  return answer;
}
