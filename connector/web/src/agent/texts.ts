import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import * as i18n from '../i18n';
import en from '../i18n/agent.en.json';
import ptBR from '../i18n/agent.pt-BR.json';

export type Key = keyof typeof en;
export type T = i18n.Translate<Key>;
export type Language = i18n.Language<Key>;

export const agentLanguage = (preferred: readonly string[]): Language => i18n.language({ en, 'pt-BR': ptBR }, preferred);

/** The text of a word that came from the service. */
export const known = (prefix: string, word: string, otherwise: Key): Key => i18n.known(en, prefix, word, otherwise);

export function duration(t: T, seconds: number): string {
  return seconds < 60 ? t('time.seconds', { n: Math.max(0, Math.round(seconds)) }) : t('time.minutes', { n: Math.round(seconds / 60) });
}

export const Texts = createContext<T>(i18n.translator<Key>(en));

export function useTexts(): T {
  return useContext(Texts);
}
