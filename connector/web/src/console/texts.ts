import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { chooseLanguage } from '../i18n/choose';
import { translator, type Translate } from '../i18n';
import en from '../i18n/console.en.json';
import ptBR from '../i18n/console.pt-BR.json';
import { Problem } from './api';

export type Key = keyof typeof en;
export type T = Translate<Key>;

const catalogues: Record<string, Record<string, string>> = { en, 'pt-BR': ptBR };

export interface Language { tag: string; t: T }

export function consoleLanguage(preferred: readonly string[]): Language {
  const tag = chooseLanguage(Object.keys(catalogues), preferred);
  return { tag, t: translator<Key>(catalogues[tag] ?? en) };
}

/** The text of a word that came from the service, or of `otherwise` when the catalogue does not know it. */
export function known(prefix: string, code: string, otherwise: Key): Key {
  const key = `${prefix}.${code}`;
  return key in en ? key as Key : otherwise;
}

/** What went wrong, in the reader's words. */
export function saying(t: T, problem: unknown): string {
  if (!(problem instanceof Problem)) return t('error.internal');
  return t(known('error', problem.reason, 'error.internal'));
}

export const Texts = createContext<Language>({ tag: 'en', t: translator<Key>(en) });

export function useTexts(): T { return useContext(Texts).t; }

export function useWhen(): (at: string) => string {
  const { tag } = useContext(Texts);
  return (at) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
}
