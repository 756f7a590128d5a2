// The constant at the head of engine.js; bundle.go makes it.

export interface MaskRule {
  id: string;
  site?: string;
  selector: string;
  reveal?: boolean;
}

export interface GuardRule {
  id: string;
  site?: string;
  selector?: string;
  name?: string;
  link?: string;
  frame?: string;
  downloads?: boolean;
  submits?: boolean;
}

export interface Pattern {
  id: string;
  expression: string;
  check?: string;
}

export interface SiteMode {
  site?: string;
  mode: "inputs" | "text" | "listed";
}

export interface Config {
  mark: string;
  contents: string;
  pseudo: string;
  pseudoAll: string;
  reveal: string;
  lift: string;
  variable: string;
  signal: string;
  binding: string;
  pii: string[];
  masks: MaskRule[];
  guards: GuardRule[];
}

declare const CONFIG: Config;

export const config: Config = CONFIG;

/** What the page's world can report (main.ts), as the screenX of the signal. */
export const Signal = { value: 1, shadow: 2, sheet: 3, submit: 4, opened: 5 } as const;
