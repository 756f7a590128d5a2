import type { Translate } from '../../i18n';
import en from '../../i18n/timeline.en.json';
import ptBR from '../../i18n/timeline.pt-BR.json';

export type Key = keyof typeof en;
export type T = Translate<Key>;

export const catalogues = { en, 'pt-BR': ptBR };
