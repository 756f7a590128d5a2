import type en from '../i18n/player.en.json';
import type { Translate } from '../i18n/index';
import type { TrackEvent } from './timeline';

export type T = Translate<keyof typeof en>;

/** What a notice's code means to a supervisor. */
const notices = {
  page_failed: 'notice.page_failed', url_refused: 'notice.url_refused', dialog: 'notice.dialog', browser_lost: 'notice.browser_lost',
  recording_stopped: 'notice.recording_stopped', mask_suggested: 'notice.mask_suggested', page_private: 'notice.page_private',
} as const;

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
    case 'notice': return t(what in notices ? notices[what as keyof typeof notices] : 'event.notice', { what });
    default:
      if (what === 'click' || what === 'key' || what === 'scroll') return t(`event.${what}`, { who });
      return t('event.other', { who, what });
  }
}
