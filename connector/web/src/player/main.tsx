// The player of a recording, for supervisors: video, cursors drawn from the event track, a list of events to jump to, the summary.
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import en from '../i18n/player.en.json';
import { loadLanguage } from '../i18n/index';
import { Problem } from '../http';
import { SignInPanel } from '../signin/panel';
import { isOfSignIn } from '../signin/texts';
import { open, signIn, type Recording } from './api';
import { Events } from './events';
import { Stage } from './stage';
import { SummaryCard } from './summary';
import type { T } from './text';

function Player({ t, lang }: { t: T; lang: string }) {
  const [recording, setRecording] = useState<Recording>();
  const [problem, setProblem] = useState('');
  const [at, setAt] = useState(0);
  const [wanted, setWanted] = useState<{ at: number }>();

  const fail = (e: unknown) => setProblem(e instanceof Problem ? e.reason : 'offline');
  const load = () => open().then((opened) => { setProblem(''); setRecording(opened); }, fail);
  useEffect(() => { void load(); }, []);
  useEffect(() => {
    document.title = t('title', { case: recording?.manifest.caseTitle || t('noCase') });
  }, [recording]);

  if (isOfSignIn(problem)) return <SignInPanel reason={problem} signIn={(another) => signIn(another).then(load, fail)} />;
  if (problem) return <Failed t={t} reason={problem} />;
  if (!recording) return <main class="middle"><p role="status">{t('loading')}</p></main>;
  const { manifest, track } = recording;
  const who = manifest.customerName ? t('with', { agent: manifest.agent, customer: manifest.customerName }) : t('withNobody', { agent: manifest.agent });
  const when = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(manifest.started));
  return (
    <main class="player">
      <header>
        <h1>{manifest.caseTitle || t('noCase')}</h1>
        <p>{who} · <time dateTime={manifest.started}>{when}</time></p>
        {manifest.gaps > 0 && <p class="warning" role="note">{t('gaps')}</p>}
      </header>
      <div class="watch">
        {recording.parts.length ? <Stage t={t} recording={recording} wanted={wanted} onTime={setAt} onProblem={fail} /> : <p class="novideo">{t('noVideo')}</p>}
      </div>
      <Events t={t} track={track} at={at} jump={(ms) => setWanted({ at: ms })} />
      {manifest.summary && <SummaryCard t={t} summary={manifest.summary} durationMs={manifest.durationMs} transcript={manifest.transcript?.url} />}
    </main>
  );
}

function Failed({ t, reason }: { t: T; reason: string }) {
  return (
    <main class="middle">
      <h1>{t('problem')}</h1>
      <p role="alert">{t(`problem.${reason}` as keyof typeof en)}</p>
      {reason === 'offline' && <button type="button" class="primary" onClick={() => location.reload()}>{t('retry')}</button>}
    </main>
  );
}

const catalogues = {
  en: () => Promise.resolve(en),
  'pt-BR': async () => (await import('../i18n/player.pt-BR.json')).default,
};

const { tag, t } = await loadLanguage(catalogues, navigator.languages);
document.documentElement.lang = tag;
render(<Player t={t} lang={tag} />, document.body);
