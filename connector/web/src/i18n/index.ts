// Texts for people, one JSON catalogue per language. English is the measure: other catalogues have the same keys and placeholders
// (a test holds them to it). A new language is a file here and a line in customerCatalogues.
import { chooseLanguage } from './choose';
import en from './en.json';

export { chooseLanguage };

export type Catalogue = Record<string, string>;
export type CustomerKey = keyof typeof en;
export type Params = Record<string, string | number>;
export type Translate<K extends string = CustomerKey> = (key: K, params?: Params) => string;

/** Loaded on demand, so that nobody downloads languages they do not read. */
const customerCatalogues: Record<string, () => Promise<Catalogue>> = {
  en: () => Promise.resolve(en),
  'pt-BR': async () => (await import('./pt-BR.json')).default,
};

export interface Language { tag: string; t: Translate }

export async function customerLanguage(preferred: readonly string[]): Promise<Language> {
  const tag = chooseLanguage(Object.keys(customerCatalogues), preferred);
  const catalogue = await (customerCatalogues[tag] as () => Promise<Catalogue>)();
  return { tag, t: translator(catalogue) };
}

/** Whether there is such a text: for words that come from the service. */
export function isCustomerKey(key: string): key is CustomerKey {
  return key in en;
}

/** Fills {placeholders}. */
export function translator<K extends string>(catalogue: Catalogue): Translate<K> {
  return (key, params = {}) =>
    (catalogue[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
