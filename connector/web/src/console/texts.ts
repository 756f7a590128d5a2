import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { Problem } from '../http';
import * as i18n from '../i18n';
import en from '../i18n/console.en.json';
import ptBR from '../i18n/console.pt-BR.json';

export type Key = keyof typeof en;
type T = i18n.Translate<Key>;
type Language = i18n.Language<Key>;

export const consoleLanguage = (preferred: readonly string[]): Language => i18n.language({ en, 'pt-BR': ptBR }, preferred);

/** The text of a word that came from the service. */
export const known = (prefix: string, word: string, otherwise: Key): Key => i18n.known(en, prefix, word, otherwise);

/** What went wrong, in the reader's words. */
export function saying(t: T, problem: unknown): string {
  if (!(problem instanceof Problem)) return t('error.internal');
  return t(known('error', problem.reason, 'error.internal'));
}

export const Texts = createContext<Language>({ tag: 'en', t: i18n.translator<Key>(en) });

export function useTexts(): T { return useContext(Texts).t; }

export function useWhen(): (at: string) => string {
  const { tag } = useContext(Texts);
  return (at) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
}
