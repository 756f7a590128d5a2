// The rules that count in this document.

import { config, type GuardRule, type MaskRule, type Rules, type SiteMode } from "./config";

/** A host is the same one with a dot at its end. */
function plain(name: string): string {
  return name.toLowerCase().replace(/\.+$/, "");
}

/**
 * The host whose rules count here. Documents without an address of their own belong to whoever made them. "" when that
 * cannot be known (a sandboxed frame without an origin and without parents that have one).
 */
function currentHost(): string {
  const candidates = [location.href, self.origin, ...Array.from(location.ancestorOrigins ?? []), document.referrer];
  for (const c of candidates) {
    try {
      const url = new URL(c.startsWith("blob:") ? c.slice(5) : c);
      if (/^https?:$/.test(url.protocol)) return plain(url.hostname);
    } catch {
      continue; // "null", about:blank and the like have no host
    }
  }
  return "";
}

export const host = currentHost();

/** "*.example" stands for example and everything below it. */
export function siteMatches(site: string, named: string): boolean {
  const name = plain(named);
  if (!site.startsWith("*.")) return site === name;
  return name === site.slice(2) || name.endsWith(site.slice(1));
}

/** The hosts of the documents around this one, the page's last. */
const above = Array.from(location.ancestorOrigins ?? [], (origin) => /^https?:\/\/(.*?)(:\d+)?$/i.exec(origin)?.[1] ?? "");

/** Whether this document lies in a frame of such a host, at any depth. */
export function framedBy(pattern: string): boolean {
  if (window === window.top) return false;
  return [host, ...above.slice(0, -1)].some((name) => !!name && siteMatches(pattern, name));
}

/** Where the host is unknown every mask and guard counts, and no exception does. */
function counts(rule: { site?: string; reveal?: boolean }): boolean {
  if (!rule.site) return true;
  return host ? siteMatches(rule.site, host) : !rule.reveal;
}

export let rules: Rules;
export let masks: MaskRule[];
export let reveals: MaskRule[];
export let guards: GuardRule[];
/** The widest mode that counts here. A frame is hidden as the page around it is. */
export let mode: "" | SiteMode["mode"];

const changed: (() => void)[] = [];
/** Calls f now and whenever the rules are others. */
export function onRules(f: () => void): void {
  changed.push(f);
  f();
}

export function useRules(next: Rules): void {
  rules = next;
  masks = next.masks.filter((r) => counts(r) && !r.reveal);
  reveals = next.masks.filter((r) => counts(r) && r.reveal);
  guards = next.guards.filter(counts);
  mode = (["listed", "text", "inputs"] as const).find((m) => next.modes.some((r) => r.mode === m && modeCounts(r))) ?? "";
  for (const f of changed) f();
}

function modeCounts(m: SiteMode): boolean {
  return !m.site || !host || [host, ...above].some((name) => siteMatches(m.site!, name));
}

/** The user sheet for this document. Where the host is unknown it has every site's rules. */
export function userSheet(): string {
  const sites = Object.keys(rules.css.sites).filter((site) => !host || siteMatches(site, host));
  return rules.css.common + sites.map((site) => rules.css.sites[site]).join("") + (rules.css.modes[mode] ?? "");
}

useRules(config.rules);
