import type en from '../i18n/player.en.json';
import type { Summary } from './api';
import type { T } from './text';
import { clock } from './timeline';

/** The same facts as stand on the CRM record, and the file that stands there with them. */
export function SummaryCard({ t, summary, durationMs, transcript }: { t: T; summary: Summary; durationMs: number; transcript: string | undefined }) {
  const known = ['solved', 'followup', 'notsolved'].includes(summary.outcome);
  return (
    <section class="summary" aria-labelledby="summary-heading">
      <div class="head">
        <h2 id="summary-heading">{t('summary')}</h2>
        {transcript && (
          <a class="transcript" href={transcript} download>
            <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M11 4h2v8l3-3 1.4 1.4L12 15.8l-5.4-5.4L8 9l3 3zM5 18h14v2H5z" /></svg>
            {t('transcript')}
          </a>
        )}
      </div>
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
