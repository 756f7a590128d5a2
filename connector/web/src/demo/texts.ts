// What the stand-in desk and its timeline say.
import type { Translate } from '../i18n';
import en from '../i18n/demo.en.json';
import ptBR from '../i18n/demo.pt-BR.json';

export type Key = keyof typeof en;
export type T = Translate<Key>;

export const catalogues = { en, 'pt-BR': ptBR };
