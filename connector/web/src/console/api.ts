// The administrators' part of the HTTP interface (docs/protocol.md §2).
import { request } from '../http';
import type { Company } from '../live';
import { policyOf, type Health, type MaskRule, type Outline, type Policy } from './policy';

export interface Rules { version: number; policy: Policy; defaults: Policy }
export interface Version { version: number; at: string; by: string }
/** What a version says, and what the one before it said: null of the first. */
export interface Said { policy: Policy; before: Policy | null }
export interface Suggestion {
  id: string; session: string; agent: string; page: string; rule: MaskRule; tag: string; name: string; at: string;
  state: 'pending' | 'approved' | 'rejected'; decidedBy?: string;
}
/** Something that is not at the desk: it waits for its next try, or was given up (dead). */
export interface Letter {
  id: string; session: string; agent: string; since: string; step: string; state: 'pending' | 'dead'; attempts: number; cause: string; due: string;
}
export const reasons = ['by_hand', 'not_needed', 'record_gone'] as const;
export type Reason = typeof reasons[number];
export interface Shape { id: string; name: string; documents: Outline[]; at: string }
interface Rect { x: number; y: number; w: number; h: number }
interface Choice { selector: string; by: string; matches: number }
export interface Picked { tag: string; name: string; host: string; rect: Rect; hidden?: string; blocked?: string; choices: Choice[]; above?: Picked[] }
export interface Editor { id: string; customer: string; agent: string; expiresAt: string }
export interface Opened { token: string; administrator: { id: string; name: string }; company: Company }

export function open(secret: { launch: string } | { link: string }): Promise<Opened> {
  return request('POST', '/v1/console/session', { body: secret });
}

export function entraOpen(company: string, token: string): Promise<Opened> {
  return request('POST', '/v1/console/entra', { body: { company, token } });
}

export class ConsoleAPI {
  constructor(private readonly token: string) {}

  async rules(): Promise<Rules> {
    const sent = await this.ask<{ version: number; policy: Partial<Policy>; defaults: Partial<Policy> }>('GET', '/policy');
    return { version: sent.version, policy: policyOf(sent.policy), defaults: policyOf(sent.defaults) };
  }

  publish(base: number, policy: Policy): Promise<{ version: number }> { return this.ask('PUT', '/policy', { policy }, base); }

  async versions(): Promise<Version[]> { return (await this.ask<{ versions: Version[] }>('GET', '/versions')).versions; }

  async version(version: number): Promise<Said> {
    const { policy, before } = await this.ask<{ policy: Partial<Policy>; before: Partial<Policy> | null }>('GET', `/versions/${version}`);
    return { policy: policyOf(policy), before: before && policyOf(before) };
  }

  restore(base: number, version: number): Promise<{ version: number }> { return this.ask('POST', `/versions/${version}/restore`, {}, base); }
  async suggestions(): Promise<Suggestion[]> { return (await this.ask<{ suggestions: Suggestion[] }>('GET', '/suggestions')).suggestions; }

  decide(id: string, decision: 'approve' | 'reject', rule?: { site: string; selector: string }): Promise<{ version: number }> {
    return this.ask('POST', `/suggestions/${encodeURIComponent(id)}`, { decision, ...rule });
  }

  async deliveries(): Promise<Letter[]> { return (await this.ask<{ deliveries: Letter[] }>('GET', '/deliveries')).deliveries; }
  /** Without a session: all of the company. */
  replay(session = ''): Promise<unknown> { return this.ask('POST', '/deliveries/replay', { session }); }
  dismiss(session: string, reason: Reason): Promise<unknown> { return this.ask('POST', '/deliveries/dismiss', { session, reason }); }

  async health(): Promise<Health[]> { return (await this.ask<{ health: Health[] }>('GET', '/health')).health; }
  async shapes(): Promise<Shape[]> { return (await this.ask<{ shapes: Shape[] }>('GET', '/shapes')).shapes; }
  dropShape(id: string): Promise<unknown> { return this.ask('DELETE', `/shapes/${encodeURIComponent(id)}`); }
  try(policy: Policy, text: string): Promise<{ text: string }> { return this.ask('POST', '/try', { policy, text }); }
  edit(url: string): Promise<Editor> { return this.ask('POST', '/editor', { url }); }
  pick(editor: string, tab: string, x: number, y: number): Promise<Picked> { return this.ask('POST', `/editor/${editor}/pick`, { tab, x, y }); }
  draft(editor: string, policy: Policy): Promise<unknown> { return this.ask('POST', `/editor/${editor}/draft`, { policy }); }
  outline(editor: string, tab: string): Promise<{ documents: Outline[] }> { return this.ask('POST', `/editor/${editor}/shape`, { tab }); }
  keep(editor: string, tab: string, name: string): Promise<Shape> { return this.ask('POST', `/editor/${editor}/shape`, { tab, name }); }

  signOut(): Promise<unknown> { return this.ask('DELETE', '/session'); }

  /** Also while the page is being left. */
  close(editor: string): void {
    void fetch(`/v1/console/editor/${editor}`, { method: 'DELETE', keepalive: true, headers: { Authorization: `Bearer ${this.token}` } }).catch(() => undefined);
  }

  private ask<T>(method: string, path: string, body?: object, base?: number): Promise<T> {
    return request(method, `/v1/console${path}`, { token: this.token, body, base });
  }
}
