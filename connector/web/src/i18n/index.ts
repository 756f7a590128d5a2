// Texts for people, one JSON catalogue per language. English is the measure: other catalogues have the same keys and placeholders
// (a test holds them to it). A new language is a file for each page here, and a line in each page's list of catalogues.
import { chooseLanguage } from './choose';
import en from './en.json';

export type Catalogue = Record<string, string>;
export type CustomerKey = keyof typeof en;
type Params = Record<string, string | number>;
export type Translate<K extends string = CustomerKey> = (key: K, params?: Params) => string;

export interface Language<K extends string = CustomerKey> { tag: string; t: Translate<K> }

/** The reader's language, of catalogues that a page carries. */
export function language<K extends string>(catalogues: Record<string, Record<K, string>>, preferred: readonly string[]): Language<K> {
  const tag = chooseLanguage(Object.keys(catalogues), preferred);
  return { tag, t: translator<K>(catalogues[tag] as Catalogue) };
}

/** The same of catalogues that are loaded on demand, so that nobody downloads languages they do not read. */
export async function loadLanguage<K extends string>(catalogues: Record<string, () => Promise<Record<K, string>>>, preferred: readonly string[]): Promise<Language<K>> {
  const tag = chooseLanguage(Object.keys(catalogues), preferred);
  return language({ [tag]: await (catalogues[tag] as () => Promise<Record<K, string>>)() }, [tag]);
}

/** The text of a word that came from the service, or `otherwise` when the catalogue does not know it. */
export function known<K extends string>(en: Record<K, string>, prefix: string, word: string, otherwise: K): K {
  const key = `${prefix}.${word}`;
  return key in en ? key as K : otherwise;
}

const customerCatalogues = {
  en: () => Promise.resolve(en),
  'pt-BR': async () => (await import('./pt-BR.json')).default,
};

export function customerLanguage(preferred: readonly string[]): Promise<Language> {
  return loadLanguage(customerCatalogues, preferred);
}

export const customerKey = (prefix: string, word: string, otherwise: CustomerKey): CustomerKey => known(en, prefix, word, otherwise);

/** Whether there is such a text: for words that come from the service. */
export function isCustomerKey(key: string): key is CustomerKey {
  return key in en;
}

/** Fills {placeholders}. */
export function translator<K extends string>(catalogue: Catalogue): Translate<K> {
  return (key, params = {}) =>
    (catalogue[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
