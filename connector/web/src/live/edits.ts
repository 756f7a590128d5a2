/** How one text became another when somebody typed at its end: so many characters taken back, then these put in. */
interface Edits { back: number; text: string }

export function editsBetween(before: string, after: string): Edits {
  const old = Array.from(before);
  const now = Array.from(after);
  let same = 0;
  while (same < old.length && same < now.length && old[same] === now[same]) same++;
  return { back: old.length - same, text: now.slice(same).join('') };
}
