import en from '../i18n/player.en.json';
import { known, type Translate } from '../i18n/index';
import type { TrackEvent } from './timeline';

export type T = Translate<keyof typeof en>;

/** What the list says about an event. */
export function describe(t: T, e: TrackEvent): string {
  const who = t(`role.${e.by ?? 'system'}` as keyof typeof en);
  const what = e.what ?? '';
  switch (e.kind) {
    case 'navigation': return t('event.navigation', { what: what || e.url || '…' });
    case 'tab': return what ? t('event.tab', { what }) : t('event.tabNoName');
    case 'refusal': return what ? t('event.refusal', { who, what }) : t('event.refusalNoName', { who });
    case 'joined':
    case 'left': return t(`event.${e.kind}`, { name: e.name || who });
    case 'pause':
    case 'resume':
    case 'end': return t(`event.${e.kind}`, { who });
    case 'gap': return t('event.gap');
    case 'notice': return t(known(en, 'notice', what, 'event.notice'), { what });
    default:
      if (what === 'click' || what === 'key' || what === 'scroll') return t(`event.${what}`, { who });
      return t('event.other', { who, what });
  }
}
