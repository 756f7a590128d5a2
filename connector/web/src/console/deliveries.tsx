import { useState } from 'preact/hooks';
import { Icon } from '../ui/icon';
import { reasons, type Letter, type Reason } from './api';
import { Empty, Heading } from './parts';
import { known, useTexts, useWhen, type Key } from './texts';
import type { Work } from './work';

/** What sessions left that is not on the desk's records: given up, or waiting for its next try. */
export function Deliveries({ work }: { work: Work }) {
  const t = useTexts();
  const sessions = [...new Set(work.deliveries.map((l) => l.session))].map((id) => work.deliveries.filter((l) => l.session === id));
  const dead = sessions.filter(givenUp).length;
  return (
    <section>
      <Heading what={t('deliveries.what')}>{t('nav.deliveries')}</Heading>
      {sessions.length === 0 && <Empty>{t('deliveries.none')}</Empty>}
      {dead > 1 && <div class="row"><fluent-button id="replay-all" disabled={work.busy} onClick={() => void work.replay()}>{t('deliveries.all', { n: dead })}</fluent-button></div>}
      <ul class="cards" id="deliveries">{sessions.map((letters) => <Session key={letters[0]!.session} work={work} letters={letters} />)}</ul>
    </section>
  );
}

const givenUp = (letters: Letter[]): boolean => letters.some((l) => l.state === 'dead');

function Session({ work, letters }: { work: Work; letters: Letter[] }) {
  const t = useTexts();
  const when = useWhen();
  const first = letters[0]!;
  const dead = givenUp(letters);
  return (
    <li class="card" data-session={first.session}>
      <span class={dead ? 'sign blocked' : 'sign'} aria-hidden="true"><Icon name={dead ? 'warning' : 'reload'} /></span>
      <div class="body">
        <h2>{t('deliveries.session', { agent: first.agent, when: when(first.since) })}</h2>
        {letters.map((l) => <Line key={l.id} l={l} />)}
        {dead && <Ways work={work} session={first.session} />}
      </div>
    </li>
  );
}

function Line({ l }: { l: Letter }) {
  const t = useTexts();
  const when = useWhen();
  const what = t(known('deliveries.step', l.step, 'deliveries.step.entry'));
  const tried = l.attempts > 0 ? 'tried' : 'untried';
  const state = t(`deliveries.${l.state}.${tried}`, { n: l.attempts, when: when(l.due) });
  return (
    <div class="letter">
      <p><b>{what}</b> · {state}</p>
      {l.cause && <p class="hint">{t(known('deliveries.cause', l.cause, 'deliveries.cause.internal'))}</p>}
    </div>
  );
}

function Ways({ work, session }: { work: Work; session: string }) {
  const t = useTexts();
  const [asking, ask] = useState(false);
  const [reason, choose] = useState<Reason>('by_hand');
  if (!asking) {
    return (
      <div class="row">
        <fluent-button class="replay" appearance="primary" disabled={work.busy} onClick={() => void work.replay(session)}>{t('deliveries.again')}</fluent-button>
        <fluent-button class="dismiss" disabled={work.busy} onClick={() => ask(true)}>{t('deliveries.dismiss')}</fluent-button>
      </div>
    );
  }
  const id = `why-${session}`;
  return (
    <div class="labelled">
      <label for={id}>{t('deliveries.why')}</label>
      <select id={id} class="field" value={reason} onChange={(e) => choose(e.currentTarget.value as Reason)}>
        {reasons.map((r) => <option key={r} value={r}>{t(`deliveries.reason.${r}` as Key)}</option>)}
      </select>
      <p class="hint">{t('deliveries.forgotten')}</p>
      <div class="row">
        <fluent-button class="dismiss-now" appearance="primary" disabled={work.busy} onClick={() => void work.dismiss(session, reason)}>{t('deliveries.dismiss')}</fluent-button>
        <fluent-button onClick={() => ask(false)}>{t('cancel')}</fluent-button>
      </div>
    </div>
  );
}
