// What host scripts say in the place of the product. They run on desks' pages and carry their few texts with them.
import * as i18n from '../i18n';
import en from '../i18n/host.en.json';
import ptBR from '../i18n/host.pt-BR.json';

export type HostText = i18n.Translate<keyof typeof en>;

export const hostText = (): HostText => i18n.language({ en, 'pt-BR': ptBR }, navigator.languages).t;
