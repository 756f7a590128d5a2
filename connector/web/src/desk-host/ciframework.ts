// The part of the Channel Integration Framework, version 2, that the page uses (its reference at learn.microsoft.com). Each call times out after ten
// seconds by itself, and what it answers is JSON text.

export interface CIFramework {
  getEnvironment(): Promise<string>;
  setMode(mode: 0 | 1 | 2): Promise<unknown>;
  setWidth(pixels: number): Promise<unknown>;
  addHandler(event: 'onpagenavigate', handler: (data: unknown) => Promise<void>): void;
  retrieveRecord(table: string, id: string, query: string): Promise<string>;
}

export interface CIFWindow {
  Microsoft?: { CIFramework?: CIFramework };
}

/** setMode: beside the page, not folded away. */
export const docked = 1;
