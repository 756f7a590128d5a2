import { useEffect, useState } from 'preact/hooks';
import { Sound } from '../live';
import { Icon } from '../ui/icon';
import { AddressBar } from './addressbar';
import type { Controller } from './controller';
import { EndDialog } from './enddialog';
import { may, veil } from './model';
import type { AgentSession } from './session';
import { Signal } from './signal';
import { Stage } from './stage';
import { TabStrip } from './tabstrip';
import { useTexts, type Key } from './texts';

export function LivePanel({ controller: c, session }: { controller: Controller; session: AgentSession }) {
  const t = useTexts();
  const [ending, setEnding] = useState(false);
  const [picking, setPicking] = useState(false);
  const picked = (): void => {
    setPicking(false);
    session.focusPage();
  };
  const { model, status } = session;
  const covered = veil(model) !== null;
  useEffect(() => { if (covered) setPicking(false); }, [covered]); // what they were to point at is gone
  return (
    <main class={c.full ? 'live panel full' : 'live panel'} data-phase="live" data-state={model.state} data-veil={veil(model) ?? ''}>
      <header class="bar">
        <StateBadge session={session} />
        {model.recording.on && <span class="rec" title={t('live.recordingOn')}><span aria-hidden="true" />{t('live.recording')}</span>}
        <span class="grow" />
        {model.sounded && may(model, 'sound') && Sound.possible() && (
          <button id="sound" class="quiet" aria-label={t(session.sound.on ? 'live.soundOff' : 'live.soundOn')} title={t(session.sound.on ? 'live.soundOff' : 'live.soundOn')}
            onClick={() => session.turnSound(!session.sound.on)}><Icon name={session.sound.on ? 'sound' : 'soundOff'} /></button>
        )}
        {!covered && (
          <button id="suggest" class="quiet" aria-pressed={picking} aria-label={t('suggest.button')} title={t('suggest.button')}
            onClick={() => setPicking(!picking)}><Icon name="eyeOff" /></button>
        )}
        {c.desk?.can('expand') && (
          <fluent-button id="expand" appearance="subtle" icon-only aria-label={t(c.full ? 'live.shrink' : 'live.expand')}
            title={t(c.full ? 'live.shrink' : 'live.expand')} onClick={() => c.expand(!c.full)}><Icon name={c.full ? 'shrink' : 'expand'} /></fluent-button>
        )}
        <fluent-button id="end" class="danger" disabled={veil(model) === 'ending'} onClick={() => setEnding(true)}>{t('live.end')}</fluent-button>
      </header>
      <TabStrip session={session} />
      <AddressBar session={session} />
      <Stage session={session} grow={c.desk?.can('expand') && !c.full ? () => c.expand(true) : undefined} picked={picking ? picked : undefined} />
      <Participants session={session} callPaused={c.desk?.recordingPaused ?? false} />
      {status.kind === 'closed' && status.why === 'elsewhere' && (
        <div class="elsewhere" role="alertdialog" aria-label={t('live.elsewhere')}>
          <p>{t('live.elsewhere')}</p>
          <fluent-button appearance="primary" disabled={c.busy !== ''} onClick={() => void c.goOnHere(session.id)}>{t('live.useHere')}</fluent-button>
        </div>
      )}
      {ending && <EndDialog end={(outcome, note) => session.end(outcome, note)} close={() => setEnding(false)} />}
    </main>
  );
}

type Look = 'live' | 'paused' | 'covered' | 'connecting' | 'ending';

function look(session: AgentSession): Look {
  const why = veil(session.model);
  if (why === 'ending') return why;
  if (session.status.kind !== 'open') return 'connecting';
  if (why === 'paused') return why;
  return why === null || why === 'picture' ? 'live' : 'covered';
}

function StateBadge({ session }: { session: AgentSession }) {
  const t = useTexts();
  const now = look(session);
  return <span id="state" class={`state ${now}`} role="status"><span aria-hidden="true" />{t(`live.state.${now}`)}</span>;
}

function Participants({ session, callPaused }: { session: AgentSession; callPaused: boolean }) {
  const t = useTexts();
  const { participants, me } = session.model;
  return (
    <footer class="people">
      <ul aria-label={t('live.participants')}>
        {participants.map((p) => (
          <li key={p.id} class={`${p.role}${p.here ? '' : ' gone'}`} title={`${t(`role.${p.role}` as Key)}, ${t(p.here ? 'live.here' : 'live.gone')}`}>
            <span aria-hidden="true" />{p.id === me ? t('live.you') : p.name || t(`role.${p.role}` as Key)}
            <span class="hidden"> ({t(`role.${p.role}` as Key)}, {t(p.here ? 'live.here' : 'live.gone')})</span>
          </li>
        ))}
      </ul>
      {session.model.device && <span class="device"><Icon name="device" />{t(`live.${session.model.device}`)}</span>}
      {callPaused && <span id="call-recording" class="typing" role="status"><Icon name="pause" />{t('live.callRecordingPaused')}</span>}
      {session.model.typingPrivately && !callPaused && <span class="typing"><Icon name="lock" />{t('live.typingPrivately')}</span>}
      <Signal session={session} />
      <span class="leave"><kbd>F6</kbd> {t('live.leaveHint').replace(/^F6 /, '')}</span>
    </footer>
  );
}
