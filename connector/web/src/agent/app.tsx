import type { Controller } from './controller';
import { Ended } from './ended';
import { SignInPanel } from '../signin/panel';
import { Launcher } from './launcher';
import { LivePanel } from './livepanel';
import { Message } from './parts';
import { known, useTexts } from './texts';
import { Waiting } from './waiting';

const beforeLive = new Set(['requested', 'provisioning', 'waiting']);

export function App({ controller: c }: { controller: Controller }) {
  const t = useTexts();
  const { phase } = c;
  switch (phase.kind) {
    case 'launching':
      return <main class="center" data-phase="launching"><fluent-spinner size="medium" /><p role="status">{t('launching')}</p></main>;
    case 'failed':
      return (
        <main class="center" data-phase="failed">
          <Message intent="error">{t(known('error', phase.problem.reason, 'error.unavailable'))}</Message>
          {retriable(phase.problem.reason) && <fluent-button onClick={() => void c.start()}>{t('retry')}</fluent-button>}
        </main>
      );
    case 'signin':
      return <SignInPanel reason={phase.reason} signIn={(another) => c.signIn(another)} />;
    case 'launcher':
      return <Launcher controller={c} />;
    case 'session':
      return beforeLive.has(phase.session.model.state) && phase.session.status.kind !== 'closed'
        ? <Waiting controller={c} session={phase.session} />
        : <LivePanel controller={c} session={phase.session} />;
    case 'ended':
      return <Ended controller={c} session={phase.session} />;
  }
}

/** Whether the same launch may be tried again: it is used up once the desk has answered. */
function retriable(reason: string): boolean {
  return ['offline', 'unavailable', 'internal', 'desk_unavailable'].includes(reason);
}
