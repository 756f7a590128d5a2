import { useState } from 'preact/hooks';
import type { Ended as EndedMessage, Outcome } from '../live';
import { Icon } from '../ui/icon';
import { CaseChoice } from './casechoice';
import type { Controller } from './controller';
import { OutcomePicker } from './outcome';
import { CustomerCard, Message } from './parts';
import type { AgentSession } from './session';
import { duration, known, useTexts, type T } from './texts';

export function Ended({ controller: c, session }: { controller: Controller; session: AgentSession }) {
  const t = useTexts();
  const [outcome, setOutcome] = useState(session.chosen.outcome);
  const [note, setNote] = useState(session.chosen.note);
  const { ended, lived } = session.model;
  const happened = ended ? ended.seconds > 0 : lived;
  const asWanted = ended?.reason === 'ended';
  const picked = c.savedOutcome || (ended?.outcome as Outcome | '' | undefined) || '';
  const save = (e: Event): void => {
    e.preventDefault();
    if (outcome) void c.saveOutcome(session, outcome, note.trim());
    else document.querySelector<HTMLElement>('#outcome-solved input')?.focus();
  };
  return (
    <main class="ended" data-phase="ended" data-reason={ended?.reason ?? ''}>
      {c.context && <CustomerCard name={c.context.customerName} title={c.context.case.title} channel={c.context.channel} />}
      <CaseChoice controller={c} />
      <section class="start">
        <span class={asWanted ? 'hero done' : 'hero'} aria-hidden="true"><Icon name={asWanted ? 'check' : 'info'} /></span>
        <h2>{t('ended.heading')}</h2>
        <p id="ended-why" role="status">{why(ended, lived, t)}</p>
        {happened && <p class="hint">{t(c.context?.case.id ? 'ended.written' : 'ended.writtenWithoutCase')}</p>}
        {picked && <p class="saved"><Icon name="flag" />{t('ended.saved', { outcome: t(`outcome.${picked}`) })}</p>}
        {happened && !picked && (
          <form onSubmit={save}>
            <OutcomePicker label={t('ended.pick')} outcome={outcome} onOutcome={setOutcome} note={note} onNote={setNote} />
            <fluent-button id="outcome-save" appearance="primary" disabled={c.busy !== ''} onClick={save}>{t('ended.save')}</fluent-button>
          </form>
        )}
        {c.problem && <Message intent="error">{t(known('error', c.problem.reason, 'error.unavailable'))}</Message>}
        <fluent-button id="again" appearance={happened && !picked ? 'subtle' : ''} onClick={() => c.backToLauncher()}>{t('ended.again')}</fluent-button>
      </section>
    </main>
  );
}

function why(ended: EndedMessage | null, lived: boolean, t: T): string {
  if (!ended && lived) return t('ended.away');
  const reason = ended && known('ended.reason', ended.reason, 'ended.heading');
  if (reason && reason !== 'ended.heading') return t(reason);
  if (!ended || ended.seconds <= 0) return t('ended.neverLive');
  return t(known('ended.by', ended.by, 'ended.by.system'), { time: duration(t, ended.seconds) });
}
