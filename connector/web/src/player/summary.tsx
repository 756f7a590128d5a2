import type en from '../i18n/player.en.json';
import type { Summary } from './api';
import type { T } from './text';
import { clock } from './timeline';

/** The same facts as stand on the CRM record. */
export function SummaryCard({ t, summary, durationMs }: { t: T; summary: Summary; durationMs: number }) {
  const known = ['solved', 'followup', 'notsolved'].includes(summary.outcome);
  return (
    <section class="summary" aria-labelledby="summary-heading">
      <h2 id="summary-heading">{t('summary')}</h2>
      <dl>
        <dt>{t('summary.outcome')}</dt>
        <dd class={known ? `outcome ${summary.outcome}` : 'outcome'}>{t(`outcome.${known ? summary.outcome : ''}` as keyof typeof en)}</dd>
        {summary.note && <><dt>{t('summary.note')}</dt><dd>{summary.note}</dd></>}
        <dt>{t('summary.duration')}</dt>
        <dd>{clock(Date.parse(summary.ended) - Date.parse(summary.started) || durationMs)}</dd>
        <dt>{t('summary.endedBy')}</dt>
        <dd>{t(`role.${summary.endedBy || 'system'}` as keyof typeof en)}</dd>
        {summary.pauses > 0 && <><dt>{t('summary.pauses')}</dt><dd>{t('summary.pausesValue', { count: summary.pauses, time: clock(summary.paused) })}</dd></>}
      </dl>
      {!!summary.refusals?.length && (
        <>
          <h3>{t('summary.refusals')}</h3>
          <ul>{summary.refusals.map((r) => <li key={r.name}>{r.name || '…'} <small>· {t('times', { count: r.count })}</small></li>)}</ul>
        </>
      )}
      {!!summary.pages?.length && (
        <>
          <h3>{t('summary.pages')}</h3>
          <ol class="pages">
            {summary.pages.map((p) => <li key={p.url}><span>{p.title || p.url}</span> <small>{clock(p.time)}</small><br /><small class="address">{p.url}</small></li>)}
          </ol>
        </>
      )}
    </section>
  );
}
