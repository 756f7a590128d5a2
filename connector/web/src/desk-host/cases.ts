// The cases of a conversation, through the agent's own client: what they may not see or make, Dataverse refuses.
import type { Cases } from './bridge';
import { maxCases, type Case } from './contract';
import type { Omnichannel, WebApi } from './dynamics';

interface Customer { id: string; table: 'contact' | 'account' }

const lookupTable = '@Microsoft.Dynamics.CRM.lookuplogicalname';

/** What the desk does with cases for a conversation; undefined where it lacks what that takes. */
export function casesOf(conversation: string, webAPI: WebApi | undefined, omnichannel: Omnichannel | undefined): Cases | undefined {
  const link = omnichannel?.linkToConversation?.bind(omnichannel);
  if (!webAPI || !link) return undefined;
  let made: { id: string; title: string } | undefined;
  return {
    async find(text) {
      const filter = text ? containing(text) : openOf(await customerOf(conversation, webAPI));
      if (!filter) return [];
      const { entities } = await webAPI.retrieveMultipleRecords('incident',
        `?$select=incidentid,title,ticketnumber&$filter=${encodeURIComponent(filter)}&$orderby=modifiedon desc&$top=${maxCases}`);
      return entities.map(asCase);
    },
    async link(id) {
      await link('incident', id, conversation);
    },
    async create(title) {
      if (made?.title !== title) made = { id: await newCase(conversation, webAPI, title), title }; // else it only has to be linked
      await link('incident', made.id, conversation);
    },
  };
}

function containing(text: string): string {
  const literal = `'${text.replaceAll("'", "''")}'`;
  return `contains(title,${literal}) or contains(ticketnumber,${literal})`;
}

function openOf(customer: Customer | undefined): string {
  if (!customer) return '';
  const theirs = `_customerid_value eq ${customer.id}`;
  return `statecode eq 0 and ${customer.table === 'contact' ? `(${theirs} or _primarycontactid_value eq ${customer.id})` : theirs}`;
}

async function customerOf(conversation: string, webAPI: WebApi): Promise<Customer | undefined> {
  const record = await webAPI.retrieveRecord('msdyn_ocliveworkitem', conversation, '?$select=_msdyn_customer_value');
  const id: unknown = record['_msdyn_customer_value'];
  const table: unknown = record[`_msdyn_customer_value${lookupTable}`];
  return typeof id === 'string' && (table === 'contact' || table === 'account') ? { id, table } : undefined;
}

async function newCase(conversation: string, webAPI: WebApi, title: string): Promise<string> {
  const customer = await customerOf(conversation, webAPI);
  if (!customer) throw new Error('a case needs a customer, and this conversation has none');
  const { id } = await webAPI.createRecord('incident', { title, [`customerid_${customer.table}@odata.bind`]: `/${customer.table}s(${customer.id})` });
  return id;
}

function asCase(record: Record<string, unknown>): Case {
  return { id: String(record['incidentid']), title: String(record['title'] ?? ''), number: String(record['ticketnumber'] ?? '') };
}
