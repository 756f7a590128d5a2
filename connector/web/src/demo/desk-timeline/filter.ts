// What stands on a case, and what of it a supervisor wants to see.

export interface Entry {
  id: string; kind: 'activity' | 'note'; activity?: string; subject: string; author: string; at: string; status?: string;
  html?: string; fields?: { label: string; value: string }[]; link?: string;
  file?: { id: string; name: string; type: string; size: number };
}

export type Filter = 'all' | 'activity' | 'note' | 'file';

/** The chosen entries that contain the words, newest first. */
export function shown(entries: Entry[], filter: Filter, words: string): Entry[] {
  const wanted = words.trim().toLocaleLowerCase();
  return entries
    .filter((e) => filter === 'all' || (filter === 'file' ? e.file !== undefined : e.kind === filter))
    .filter((e) => wanted === '' || textOf(e).includes(wanted))
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

function textOf(e: Entry): string {
  const fields = (e.fields ?? []).map((f) => `${f.label} ${f.value}`).join(' ');
  return `${e.subject} ${e.author} ${e.html?.replace(/<[^>]*>/g, ' ') ?? ''} ${fields} ${e.file?.name ?? ''}`.toLocaleLowerCase();
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kilo = bytes / 1024;
  return kilo < 1024 ? `${Math.round(kilo)} KB` : `${(kilo / 1024).toFixed(1)} MB`;
}
