import type { WebApi } from '../desk-host/dynamics';
import { matches } from './filter';
import type { MockWorkspace } from './workspace';

type Row = Record<string, unknown>;

/** Native promises stand in for the client's own ones. */
type Native<F> = F extends (...args: infer A) => Xrm.Async.PromiseLike<infer R> ? (...args: A) => Promise<R> : never;
type NativeWebApi = { [K in keyof WebApi]: Native<WebApi[K]> };

/** Xrm.WebApi as far as the product asks it: what is not a column of the table is refused, as the Web API refuses it. */
export class MockWebApi implements NativeWebApi {
  constructor(private readonly workspace: MockWorkspace) {}

  async retrieveRecord(table: string, id: string, options = ''): Promise<Row> {
    this.workspace.keep('retrieved', { table, id });
    const row = this.rows(table).find((r) => r[keys[table] ?? ''] === id);
    if (!row) throw { errorCode: 0x80040217, message: `Entity '${table}' With Id = ${id} Does Not Exist` };
    return chosen(table, row, new URLSearchParams(options.replace(/^\?/, '')));
  }

  async retrieveMultipleRecords(table: string, options = ''): Promise<Xrm.RetrieveMultipleResult> {
    const query = new URLSearchParams(options.replace(/^\?/, '').replaceAll('+', '%2B'));
    this.workspace.keep('listed', { table, filter: query.get('$filter') });
    const filter = query.get('$filter');
    const found = this.rows(table).filter((r) => !filter || matches(filter, (column) => valueOf(table, r, column)));
    return { entities: found.slice(0, Number(query.get('$top') ?? 5000)).map((r) => chosen(table, r, query)), nextLink: '' };
  }

  async createRecord(table: string, data: Row): Promise<Xrm.CreateResponse> {
    if (table !== 'incident') throw { errorCode: 0x80060888, message: `nobody makes a ${table} here` };
    const customer = /^\/contacts\(([0-9a-f-]{36})\)$/.exec(String(data['customerid_contact@odata.bind'] ?? ''))?.[1];
    if (!customer) throw { errorCode: 0x80048d04, message: 'You should specify a parent contact or account.' };
    const title = String(data['title'] ?? '');
    if (!title || title.length > 200) throw { errorCode: 0x80044331, message: "A validation error occurred. The length of the 'title' attribute is not valid." };
    const { cases } = this.workspace.setup;
    const id = crypto.randomUUID();
    cases.push({ incidentid: id, title, ticketnumber: `CAS-0200${cases.length}-N3W1`, statecode: 0, _customerid_value: customer, _primarycontactid_value: null });
    this.workspace.keep('created', { table, title });
    return { entityType: table, id };
  }

  private rows(table: string): Row[] {
    const { conversations, cases, variables } = this.workspace.setup;
    switch (table) {
      case 'incident':
        return cases.map((c) => ({ ...c }));
      case 'msdyn_ocliveworkitem':
        return conversations.map((c) => ({
          activityid: c.id, _msdyn_customer_value: c.customerId || null, _msdyn_issueid_value: c.caseId || null,
          ...(c.customerId && { '_msdyn_customer_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'contact' }),
        }));
      case 'environmentvariabledefinition':
        return Object.entries(variables).map(([schemaname, value]) =>
          ({ schemaname, defaultvalue: null, environmentvariabledefinition_environmentvariablevalue: [{ value }] }));
      default:
        throw { errorCode: 0x80060888, message: `Resource not found for the segment '${table}s'.` };
    }
  }
}

const keys: Record<string, string> = { incident: 'incidentid', msdyn_ocliveworkitem: 'activityid' };

const columns: Record<string, string[]> = {
  incident: ['incidentid', 'title', 'ticketnumber', 'statecode', '_customerid_value', '_primarycontactid_value'],
  msdyn_ocliveworkitem: ['activityid', '_msdyn_customer_value', '_msdyn_issueid_value'],
  environmentvariabledefinition: ['schemaname', 'defaultvalue'],
};

function valueOf(table: string, row: Row, column: string): unknown {
  if (!columns[table]?.includes(column)) throw { errorCode: 0x80060888, message: `Could not find a property named '${column}' on type 'Microsoft.Dynamics.CRM.${table}'.` };
  return row[column];
}

/** The columns that were asked for, with the names that come with them. */
function chosen(table: string, row: Row, query: URLSearchParams): Row {
  const asked = query.get('$select')?.split(',') ?? [];
  const picked = Object.fromEntries(asked.map((column) => [column, valueOf(table, row, column)]));
  const notes = Object.entries(row).filter(([name]) => name.includes('@') || query.get('$expand')?.startsWith(`${name}(`));
  return { ...picked, ...Object.fromEntries(notes) };
}

export const asWebApi = (api: MockWebApi): WebApi => api as unknown as WebApi;
