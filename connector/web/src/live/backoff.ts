const first = 300;
const longest = 10_000;

/**
 * Milliseconds before attempt number `failures` + 1. `random` in [0, 1) spreads the people of a restarted server over time; half of
 * the wait is fixed, so that nobody hammers.
 */
export function backoff(failures: number, random: number): number {
  const wait = Math.min(longest, first * 2 ** Math.max(0, failures - 1));
  return wait / 2 + (wait / 2) * random;
}
