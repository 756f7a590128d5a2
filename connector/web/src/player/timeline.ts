// The mathematics of a recording: one time line over one or several videos, and what the event track says about a moment.

export interface TrackEvent {
  at: number; // milliseconds since the first picture
  kind: string;
  by?: 'customer' | 'agent' | 'supervisor' | 'system';
  name?: string;
  tab?: string;
  x?: number;
  y?: number;
  what?: string;
  url?: string;
  width?: number;
  height?: number;
}

export interface Track { v: 1; width: number; height: number; events: TrackEvent[] }

/** A recording is several videos when the picture's size or codec changed. Times are milliseconds of the whole recording. */
export interface Part { url: string; type: string; from: number; to: number }

/** Which part shows the moment, and how many seconds into it. A moment between two parts belongs to the later one's start. */
export function locate(parts: readonly Part[], at: number): { index: number; seconds: number } {
  const index = Math.max(0, parts.findIndex((p) => at < p.to));
  const found = parts.some((p) => at < p.to) ? index : parts.length - 1;
  const part = parts[found];
  if (!part) return { index: 0, seconds: 0 };
  return { index: found, seconds: Math.max(0, Math.min(at, part.to) - part.from) / 1000 };
}

/** How long a cursor that does not move any more stays visible. */
const cursorRest = 4000;

/** Where each person's cursor is at a moment: the newest of each name that is not older than cursorRest. */
export function cursorsAt(track: Track, at: number): TrackEvent[] {
  const newest = new Map<string, TrackEvent>();
  for (const e of track.events) {
    if (e.at > at) break;
    if (e.kind === 'cursor' && at - e.at <= cursorRest) newest.set(`${e.by}/${e.name}`, e);
  }
  return [...newest.values()];
}

/** The page's size at a moment, in CSS pixels: what cursors are measured in. */
export function sizeAt(track: Track, at: number): { width: number; height: number } {
  let size = { width: track.width, height: track.height };
  for (const e of track.events) {
    if (e.at > at) break;
    if (e.kind === 'viewport' && e.width && e.height) size = { width: e.width, height: e.height };
  }
  return size;
}

export type Cover = 'paused' | 'covered' | 'private' | null;

/** Whether the picture stands still on purpose: the customer paused, the page was theirs alone, or private data was just being covered. */
export function coverAt(track: Track, at: number): Cover {
  let paused = false;
  let closed = '';
  for (const e of track.events) {
    if (e.at > at) break;
    if (e.kind === 'pause') paused = true;
    if (e.kind === 'resume') paused = false;
    if (e.kind === 'gate') closed = e.what === undefined || e.what === 'open' ? '' : e.what;
  }
  if (paused) return 'paused';
  if (closed === 'private') return 'private';
  return closed ? 'covered' : null;
}

export type Group = 'pages' | 'actions' | 'refusals' | 'people';

const groups: Record<string, Group> = {
  navigation: 'pages', tab: 'pages', refusal: 'refusals', pause: 'people', resume: 'people', joined: 'people', left: 'people',
  end: 'people', notice: 'people', gap: 'people',
};

/** The group in which the list shows an event; null = not listed (cursors, sizes, the gate). */
function groupOf(e: TrackEvent): Group | null {
  if (e.kind === 'input') return 'actions';
  return groups[e.kind] ?? null;
}

/** A listed event. Typing and scrolling come as one line with a count, as nobody jumps to a single key. */
interface Line { event: TrackEvent; group: Group; count: number }

/** Longer than this between two keys or scrolls of the same person, and a new line begins. */
const burst = 2500;

export function listed(track: Track): Line[] {
  const lines: Line[] = [];
  const open = new Map<string, { line: Line; last: number }>();
  for (const event of track.events) {
    const group = groupOf(event);
    if (!group) continue;
    if (event.kind === 'input' && event.what !== 'click') {
      const key = `${event.by}/${event.what}`;
      const running = open.get(key);
      if (running && event.at - running.last <= burst) {
        running.line.count++;
        running.last = event.at;
        continue;
      }
      const line: Line = { event, group, count: 1 };
      open.set(key, { line, last: event.at });
      lines.push(line);
      continue;
    }
    lines.push({ event, group, count: 1 });
  }
  return lines;
}

/** 65000 → "1:05". */
export function clock(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(s / 60);
  const rest = String(s % 60).padStart(2, '0');
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
}
