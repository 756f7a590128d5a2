import { config, type GuardRule, type MaskRule } from "./config";

/**
 * The host whose rules count here. Documents without an address of their own belong to whoever made them. "" when that
 * cannot be known (a sandboxed frame without an origin and without parents that have one).
 */
function currentHost(): string {
  const candidates = [location.href, self.origin, ...Array.from(location.ancestorOrigins ?? []), document.referrer];
  for (const c of candidates) {
    try {
      const url = new URL(c.startsWith("blob:") ? c.slice(5) : c);
      if (/^https?:$/.test(url.protocol)) return url.hostname.toLowerCase();
    } catch {
      continue; // "null", about:blank and the like have no host
    }
  }
  return "";
}

export const host = currentHost();

/** "*.example" stands for example and everything below it. */
export function siteMatches(site: string, name: string): boolean {
  if (!site.startsWith("*.")) return site === name;
  return name === site.slice(2) || name.endsWith(site.slice(1));
}

/** Where the host is unknown every mask and guard counts, and no exception does. */
function counts(rule: { site?: string; reveal?: boolean }): boolean {
  if (!rule.site) return true;
  return host ? siteMatches(rule.site, host) : !rule.reveal;
}

export const masks: MaskRule[] = config.masks.filter((r) => counts(r) && !r.reveal);
export const reveals: MaskRule[] = config.masks.filter((r) => counts(r) && r.reveal);
export const guards: GuardRule[] = config.guards.filter(counts);
export const sites: string[] = [...new Set(masks.map((r) => r.site ?? "").filter(Boolean))];
