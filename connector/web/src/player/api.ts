// What the player asks of the service: docs/protocol.md §2 and §4.
import { asProblem, Problem, request } from '../http';
import { SignIn } from '../signin/entra';
import { isOfSignIn } from '../signin/texts';
import type { Part, Track } from './timeline';

export interface Summary {
  started: string; ended: string; endedBy: string; endReason: string; outcome: string; note?: string;
  pages: { title: string; url: string; time: number }[] | null;
  refusals: { name: string; count: number }[] | null;
  pauses: number; paused: number;
}

interface Manifest {
  session: string; company: string; agent: string; customerName: string; caseTitle: string;
  started: string; ended: string; durationMs: number; gaps: number;
  video: { url: string; type: string; bytes: number } | null;
  videos?: { url: string; type: string; from: number; to: number }[];
  track: { url: string } | null;
  transcript: { url: string } | null;
  summary: Summary | null;
}

export interface Recording { manifest: Manifest; track: Track; parts: Part[] }

/** Opens the recording that the address names; the signed launch is in its fragment and leaves the address bar at once. */
export async function open(): Promise<Recording> {
  let bearer = await token();
  const manifest = await ask<Manifest>(address(), bearer).catch(async (e: unknown) => {
    if (!company() || asProblem(e).reason !== 'launch_expired') throw e;
    bearer = await signedIn((entra) => entra.silently()); // what the tab had kept is too old
    return ask<Manifest>(address(), bearer);
  });
  const track = manifest.track ? await ask<Track>(manifest.track.url, bearer) : empty;
  return { manifest, track: { ...empty, ...track, events: track.events ?? [] }, parts: partsOf(manifest) };
}

/** Asks for the manifest again: the answer renews the short-lived cookie by which the video is fetched, or says what is wrong. */
export async function renew(): Promise<void> {
  await ask<Manifest>(address(), await token());
}

function company(): string | null { return new URLSearchParams(location.search).get('company'); }

function session(): string { return decodeURIComponent(location.pathname.split('/').pop() ?? ''); }

function address(): string { return `/v1/recordings/${encodeURIComponent(session())}`; }

const empty: Track = { v: 1, width: 1280, height: 720, events: [] };

function partsOf(m: Manifest): Part[] {
  if (m.videos?.length) return m.videos;
  return m.video ? [{ url: m.video.url, type: m.video.type, from: 0, to: m.durationMs }] : [];
}

/** The token outlives a reload of this tab, nothing more. */
async function token(): Promise<string> {
  const key = `cobrowse.watch.${session()}`;
  const launch = new URLSearchParams(location.hash.slice(1)).get('launch');
  if (launch) {
    history.replaceState(null, '', location.pathname + location.search);
    const answer = await ask<{ token: string }>('/v1/player/session', '', { launch });
    sessionStorage.setItem(key, answer.token);
  }
  return sessionStorage.getItem(key) ?? await signedIn((entra) => entra.silently());
}

let entra: SignIn | undefined;

/** Asks whoever watches who they are, in a window. */
export async function signIn(another: boolean): Promise<void> {
  await signedIn((asked) => asked.byWindow(another));
}

/** The token of somebody whom Entra ID signs in, where the link to the recording names a company that has it so. */
async function signedIn(who: (entra: SignIn) => Promise<string>): Promise<string> {
  const of = company();
  if (of) entra ??= await SignIn.of(of);
  if (!entra) throw new Problem('launch_missing');
  const { token: own } = await ask<{ token: string }>('/v1/player/entra', '', { company: of, token: await who(entra), session: session() });
  sessionStorage.setItem(`cobrowse.watch.${session()}`, own);
  return own;
}

async function ask<T>(url: string, token: string, body?: object): Promise<T> {
  try {
    return await request(body ? 'POST' : 'GET', url, { token, body });
  } catch (e) {
    throw new Problem(reasonOf(asProblem(e)));
  }
}

/** One of the few that the player has a text for. */
function reasonOf({ reason, status }: Problem): string {
  if (status === 404) return 'not_found';
  if (reason.startsWith('launch_') || isOfSignIn(reason)) return reason;
  if (status === 401) return 'launch_expired'; // the token that came for it
  return status >= 400 && status < 500 ? 'denied' : 'offline';
}
