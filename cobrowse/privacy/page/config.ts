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

/** What a policy asks of the engine; it may be replaced while the document lives. bundle.go makes it. */
export interface Rules {
  version: number;
  pii: string[];
  patterns: Pattern[];
  masks: MaskRule[];
  guards: GuardRule[];
  modes: SiteMode[];
  /** Ids of the masks and guards that tell how they do. */
  own: string[];
  fieldsOnly: boolean;
  hideTyping: boolean;
  /** Selectors of what the modes take for fields and for pictures. */
  fields: string;
  pictures: string;
  css: { common: string; sites: Record<string, string>; modes: Record<string, string> };
}

interface Config {
  mark: string;
  contents: string;
  pseudo: string;
  pseudoAll: string;
  reveal: string;
  painted: string;
  words: string;
  lift: string;
  variable: string;
  signal: string;
  binding: string;
  rules: Rules;
}

declare const CONFIG: Config;

export const config: Config = CONFIG;

/** What the page's world can report (main.ts), as the screenX of the signal. */
export const Signal = { value: 1, shadow: 2, sheet: 3, submit: 4, opened: 5, rule: 6, press: 7, generated: 8, picker: 9 } as const;
