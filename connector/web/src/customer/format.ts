// Small things people read: times and digits.

/** "14:05" */
export function minutesSeconds(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** A PIN in two groups, as people read numbers aloud: "483", "920". */
export function pinGroups(pin: string): [string, string] {
  const digits = pin.replace(/\D/g, '');
  const half = Math.ceil(digits.length / 2);
  return [digits.slice(0, half), digits.slice(half)];
}

/** What a screen reader says: digit by digit. */
export function spokenDigits(pin: string): string {
  return pin.replace(/\D/g, '').split('').join(', ');
}
