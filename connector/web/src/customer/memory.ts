// What lets a customer come back after a reload, or after the phone threw the page away. Removed when the session ends.

interface Remembered {
  token: string;
  /** The company's slug. */
  company: string;
  pin?: string;
  expiresAt?: number;
  saved: number;
}

const longest = 12 * 60 * 60 * 1000;

export class Memory {
  private readonly key: string;

  /** `name` is the company's slug or the ticket. */
  constructor(name: string) { this.key = `cobrowse:${name}`; }

  save(what: Omit<Remembered, 'saved'>): void {
    const text = JSON.stringify({ ...what, saved: Date.now() });
    for (const store of stores()) store.setItem(this.key, text);
  }

  /** This very tab was in a session. */
  here(): Remembered | undefined { return this.read(0); }

  /** Another tab of this browser was, perhaps one that is gone. */
  elsewhere(): Remembered | undefined { return this.read(1); }

  forget(): void {
    for (const store of stores()) store.removeItem(this.key);
  }

  private read(index: 0 | 1): Remembered | undefined {
    try {
      const found = JSON.parse(stores()[index]?.getItem(this.key) ?? 'null') as Remembered | null;
      return found && Date.now() - found.saved < longest ? found : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Private windows and strict settings may have none: then a reload starts over. */
function stores(): Storage[] {
  try {
    return [sessionStorage, localStorage];
  } catch {
    return [];
  }
}
