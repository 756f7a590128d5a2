// What an organisation's administrator sets about the product without a new package: environment variables.
import type { WebApi } from './dynamics';

export interface Settings {
  service: string;
  company: string;
  /** Whether a join link is sent at once; else it waits in the agent's send box. */
  sendDirectly: boolean;
}

const query = '?$select=schemaname,defaultvalue'
  + "&$filter=schemaname eq 'cob_ServiceUrl' or schemaname eq 'cob_Company' or schemaname eq 'cob_SendDirectly'"
  + '&$expand=environmentvariabledefinition_environmentvariablevalue($select=value)';

/** What was baked into the package, and what the environment says instead. Where it cannot be read, the package's own counts. */
export async function settingsOf(baked: { service: string; company: string }, webAPI: WebApi | undefined): Promise<Settings> {
  const found = await read(webAPI).catch(() => new Map<string, string>());
  const service = found.get('cob_ServiceUrl');
  return {
    service: service && URL.canParse(service) ? service : baked.service,
    company: found.get('cob_Company') || baked.company,
    sendDirectly: !['no', 'false'].includes(found.get('cob_SendDirectly') ?? ''),
  };
}

async function read(webAPI: WebApi | undefined): Promise<Map<string, string>> {
  const answer = await webAPI?.retrieveMultipleRecords('environmentvariabledefinition', query);
  return new Map((answer?.entities ?? []).map((e: Record<string, unknown>) => {
    const values = e['environmentvariabledefinition_environmentvariablevalue'] as { value?: string }[] | undefined;
    return [String(e['schemaname']), values?.[0]?.value ?? (e['defaultvalue'] as string | null) ?? ''];
  }));
}
