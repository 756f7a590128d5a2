import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { chooseLanguage, translator, type Translate } from '../i18n';
import en from '../i18n/agent.en.json';
import ptBR from '../i18n/agent.pt-BR.json';

export type Key = keyof typeof en;
export type T = Translate<Key>;

const catalogues: Record<string, Record<string, string>> = { en, 'pt-BR': ptBR };

export interface Language { tag: string; t: T }

export function agentLanguage(preferred: readonly string[]): Language {
  const tag = chooseLanguage(Object.keys(catalogues), preferred);
  return { tag, t: translator<Key>(catalogues[tag] ?? en) };
}

/** The text of a code that came from the service, or of `otherwise` when this catalogue does not know it. */
export function known(prefix: string, code: string, otherwise: Key): Key {
  const key = `${prefix}.${code}`;
  return key in en ? key as Key : otherwise;
}

export function duration(t: T, seconds: number): string {
  return seconds < 60 ? t('time.seconds', { n: Math.max(0, Math.round(seconds)) }) : t('time.minutes', { n: Math.round(seconds / 60) });
}

export const Texts = createContext<T>(translator<Key>(en));

export function useTexts(): T {
  return useContext(Texts);
}
