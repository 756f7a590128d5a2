// What stands on a case, and what of it a supervisor wants to see.

export interface Entry {
  id: string; kind: 'activity' | 'note'; activity?: string; subject: string; author: string; at: string; status?: string;
  html?: string; fields?: { label: string; value: string }[]; link?: string;
  file?: { id: string; name: string; type: string; size: number };
}

/** What people filter by. Entries without a value, as notes have no status, fit no choice of it. */
const valueOf = {
  'Record type': (e: Entry) => e.kind === 'note' ? 'Notes' : 'Activities',
  'Activity type': (e: Entry) => e.kind === 'note' ? undefined : nameOf(e),
  'Activity status': (e: Entry) => e.status && (closed.includes(e.status) ? 'Closed' : 'Active'),
  'Activity status reason': (e: Entry) => e.status,
  'Created by': (e: Entry) => e.author || 'the system',
  Attachment: (e: Entry) => e.file && 'With a file',
} satisfies Record<string, (e: Entry) => string | undefined>;

const closed = ['Completed', 'Canceled'];

export type Facet = keyof typeof valueOf;
export const facets = Object.keys(valueOf) as Facet[];

/** How far back the last change may lie, in hours. */
export const ages = [[24, 'Last 24 hours'], [7 * 24, 'Last seven days'], [30 * 24, 'Last 30 days']] as const;

export interface Wanted { chosen: Partial<Record<Facet, string[]>>; hours: number; words: string; oldestFirst: boolean }

export const everything: Wanted = { chosen: {}, hours: 0, words: '', oldestFirst: false };

export function isFiltered(w: Wanted): boolean {
  return w.hours > 0 || Object.values(w.chosen).some((values) => values.length > 0);
}

/** The wanted entries in their order. */
export function shown(entries: Entry[], w: Wanted, now: number): Entry[] {
  const words = w.words.trim().toLocaleLowerCase();
  return entries
    .filter((e) => facets.every((f) => fits(e, f, w.chosen[f] ?? [])))
    .filter((e) => w.hours === 0 || now - Date.parse(e.at) <= w.hours * 3_600_000)
    .filter((e) => words === '' || textOf(e).includes(words))
    .sort((a, b) => (Date.parse(b.at) - Date.parse(a.at)) * (w.oldestFirst ? -1 : 1));
}

function fits(e: Entry, facet: Facet, chosen: string[]): boolean {
  return chosen.length === 0 || chosen.includes(valueOf[facet](e) ?? '');
}

/** The values of a facet that occur, with how often. */
export function values(entries: Entry[], facet: Facet): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of entries.map(valueOf[facet])) {
    if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}

/** Chooses a value of a facet, or no longer. */
export function toggled(w: Wanted, facet: Facet, value: string): Wanted {
  const before = w.chosen[facet] ?? [];
  const after = before.includes(value) ? before.filter((v) => v !== value) : [...before, value];
  return { ...w, chosen: { ...w.chosen, [facet]: after } };
}

/** Entries by day, in the order they come. */
export function byDay(entries: Entry[]): [string, Entry[]][] {
  const days = new Map<string, Entry[]>();
  for (const e of entries) {
    const day = new Date(e.at).toDateString();
    days.set(day, [...days.get(day) ?? [], e]);
  }
  return [...days];
}

export function nameOf(e: Entry): string {
  if (e.kind === 'note') return 'Note';
  if (e.activity === 'phonecall') return 'Phone call';
  if (e.activity === 'task') return 'Task';
  return 'Co-browse session';
}

function textOf(e: Entry): string {
  const fields = (e.fields ?? []).map((f) => `${f.label} ${f.value}`).join(' ');
  return `${nameOf(e)} ${e.subject} ${e.author} ${e.status ?? ''} ${e.html?.replace(/<[^>]*>/g, ' ') ?? ''} ${fields} ${e.file?.name ?? ''}`.toLocaleLowerCase();
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kilo = bytes / 1024;
  return kilo < 1024 ? `${Math.round(kilo)} KB` : `${(kilo / 1024).toFixed(1)} MB`;
}
