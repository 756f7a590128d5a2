// What hidden fields hold: forbidden everywhere else, in this document and in the others of the session.

import { plain } from "./text";

interface Told {
  from: string;
  values: readonly string[];
}

/** An engine of another document of this tab and origin. */
interface Peer {
  alsoHide(from: string, values: readonly string[]): void;
  /** Answers with all that is forbidden, and tells what comes. */
  join(peer: Peer, me: string): Told[];
}

const own = new Map<object, string>(); // by field, or by file of one
const others = new Map<string, readonly string[]>(); // by who told
const me = String(Math.random());
let all: string[] = [];
let changed: (own: boolean) => void = () => {};

const mostOwn = 50;
const mostTold = 300;
const mostTellers = 30;

/** Called when something else is forbidden now. */
export function onEcho(f: (own: boolean) => void): void {
  changed = f;
}

function update(mine: boolean): void {
  const before = all;
  all = [...new Set([...own.values(), ...[...others.values()].flat()])];
  if (all.length !== before.length || all.some((v, i) => v !== before[i])) changed(mine);
}

/** Short values would hide half the page. */
export function rememberText(el: object, shown: string): void {
  const value = plain(shown).text.trim().toLowerCase();
  if (value.length < 4 || own.get(el) === value) return; // keep the last long one: an emptied field's value may still stand elsewhere
  own.set(el, value);
  if (own.size > mostOwn) own.delete(own.keys().next().value!);
  update(true);
}

export function forget(el: Element): boolean {
  const known = own.delete(el);
  if (known) update(true);
  return known;
}

const longestTold = 1000;

/** What this document's fields forbid. */
export function forbidden(): Told {
  return { from: me, values: [...new Set(own.values())].filter((v) => v.length <= longestTold) };
}

/** Another document's fields hold these. What the same one told before counts no more. */
export function alsoHide(from: string, values: readonly string[]): void {
  others.delete(from);
  if (values.length) others.set(from, values.slice(0, mostTold).map(String));
  if (others.size > mostTellers) others.delete(others.keys().next().value!);
  update(false);
  tellBelow(from, values);
}

const mostBelow = 60;
const below = new Map<string, Peer>(); // documents in frames of this one
const above: Peer[] = [];

export function join(peer: Peer, of: string): Told[] {
  below.set(of, peer);
  if (below.size > mostBelow) below.delete(below.keys().next().value!);
  return [forbidden(), ...[...others].map(([from, values]) => ({ from, values }))];
}

function tellBelow(from: string, values: readonly string[]): void {
  for (const [id, peer] of below) {
    if (id === from) continue;
    try {
      peer.alsoHide(from, values);
    } catch {
      below.delete(id); // its document is gone
    }
  }
}

/** The documents of one origin in a tab know what the others forbid before anything else happens; the service tells all others. */
export function tellPeers(): void {
  const mine = forbidden();
  for (const peer of above) peer.alsoHide(mine.from, mine.values);
  tellBelow(me, mine.values);
}

/**
 * Makes this document known to those around it. Never the other way round: to look into a frame makes a world in it, and one that is
 * made before its document begins is none that the service is told of.
 */
export function joinPeers(self: Peer): void {
  for (let w: Window = window; w !== w.parent; ) {
    w = w.parent;
    let peer: Peer | undefined;
    try {
      peer = (w as unknown as { __cobrowse?: Peer }).__cobrowse;
    } catch {
      continue; // another origin's
    }
    if (!peer?.join) continue;
    above.push(peer);
    for (const t of peer.join(self, me)) if (t.from !== me) alsoHide(t.from, t.values);
  }
}

export function hasEchoes(): boolean {
  return all.length > 0;
}

/** Where the values of hidden fields stand in text (as plain() made it): exactly, or digit by digit in another grouping. */
export function findEchoes(text: string): { start: number; end: number }[] {
  return all.length ? findIn(text, all) : [];
}

function findIn(text: string, values: Iterable<string>): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = [];
  const lower = text.toLowerCase();
  for (const value of values) {
    for (let i = lower.indexOf(value); i >= 0; i = lower.indexOf(value, i + 1)) found.push({ start: i, end: i + value.length });
    if (/\s/.test(value)) found.push(...respaced(lower, value));
    const digits = value.replace(/[^0-9]/g, "");
    if (digits.length >= 6 && digits.length >= value.length - 6) found.push(...regrouped(text, digits));
  }
  return found;
}

/** Words of a value may be parted otherwise than they were typed: by more space, a line, an element. */
function respaced(text: string, value: string): { start: number; end: number }[] {
  const words = value.split(/\s+/).map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return Array.from(text.matchAll(new RegExp(words.join("[\\s\u0001,]{1,20}"), "g")), (m) => ({ start: m.index, end: m.index + m[0].length }));
}

function regrouped(text: string, digits: string): { start: number; end: number }[] {
  return Array.from(text.matchAll(new RegExp([...digits].join("[^\\p{L}\\p{N}\\u0000]{0,3}"), "gu")), (m) => ({
    start: m.index,
    end: m.index + m[0].length,
  }));
}

/** Whether a text repeats what another field than self holds. */
export function holdsEcho(text: string, self?: Element): boolean {
  if (!self || !own.has(self)) return findEchoes(text).length > 0;
  const told = [...others.values()].flat();
  const here = [...own].filter(([el]) => el !== self).map(([, value]) => value);
  return findIn(text, [...here, ...told]).length > 0;
}
