import * as i18n from '../i18n';
import en from '../i18n/signin.en.json';
import ptBR from '../i18n/signin.pt-BR.json';

type Key = keyof typeof en;
export type T = i18n.Translate<Key>;

export const signInLanguage = (preferred: readonly string[]): i18n.Language<Key> => i18n.language({ en, 'pt-BR': ptBR }, preferred);

/** Nobody can be signed in without being asked; a button may ask. */
export const wanted = 'entra_sign_in';

/** Whether signing in is what a refusal is about. */
export const isOfSignIn = (reason: string): boolean => `problem.${reason}` in en;

export const saying = (t: T, reason: string): string => t(i18n.known(en, 'problem', reason, 'problem.entra_failed'));
