import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { SignInPanel } from '../signin/panel';
import { isOfSignIn } from '../signin/texts';
import { Icon, type IconName } from '../ui/icon';
import { Blocks } from './blocks';
import { Browser } from './browser';
import { Deliveries } from './deliveries';
import { EditorView } from './editor';
import { Kinds } from './kinds';
import { Message } from './parts';
import { wellness } from './policy';
import { RulesList } from './ruleslist';
import { Sites } from './sites';
import { Suggestions } from './suggestions';
import { saying, useTexts, type Key } from './texts';
import { Versions } from './versions';
import type { Work } from './work';

const sections = {
  editor: { icon: 'cursor', view: EditorView }, rules: { icon: 'eyeOff', view: RulesList }, blocks: { icon: 'lock', view: Blocks },
  kinds: { icon: 'keyboard', view: Kinds }, sites: { icon: 'globe', view: Sites }, browser: { icon: 'cobrowse', view: Browser }, suggestions: { icon: 'chat', view: Suggestions },
  versions: { icon: 'reload', view: Versions }, deliveries: { icon: 'flag', view: Deliveries },
} as const satisfies Record<string, { icon: IconName; view: (p: { work: Work }) => unknown }>;

type Section = keyof typeof sections;

function sectionNow(): Section {
  const name = location.hash.slice(1);
  return name in sections ? name as Section : 'rules';
}

export function App({ work }: { work: Work }) {
  const t = useTexts();
  if (work.phase === 'opening') return <main class="center"><fluent-spinner size="medium" /><p role="status">{t('opening')}</p></main>;
  if (work.phase === 'closed' && work.problem && isOfSignIn(work.problem.reason)) {
    return <SignInPanel reason={work.problem.reason} signIn={(another) => work.signInBy(another)} />;
  }
  if (work.phase === 'closed') {
    const signedOut = work.problem?.reason === 'signed_out';
    return (
      <main class="center">
        <h1>{t('closed')}</h1>
        <Message intent={signedOut ? 'info' : 'error'}>{signedOut ? t('error.signed_out') : saying(t, work.problem)}</Message>
      </main>
    );
  }
  return <Open work={work} />;
}

function Open({ work }: { work: Work }) {
  const t = useTexts();
  const [section, setSection] = useState(sectionNow);
  useLayoutEffect(() => { // with the tabs, or the first press of a quick hand would be missed
    const follow = (): void => setSection(sectionNow());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  useEffect(() => {
    const again = setInterval(() => { if (!document.hidden) void work.poll().catch(() => undefined); }, 30_000);
    return () => clearInterval(again);
  }, []);
  const View = sections[section].view;
  const lost = [...work.draft.masks, ...work.draft.guards].filter((r) => wellness(r.id, work.health).kind === 'lost').length;
  const waiting = work.suggestions.filter((s) => s.state === 'pending').length;
  const dead = new Set(work.deliveries.filter((l) => l.state === 'dead').map((l) => l.session)).size;
  useEffect(() => { document.querySelector('nav a[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' }); }, [section, lost, waiting, dead]); // a count makes a tab wider
  return (
    <div class={`console in-${section}`}>
      <header class="top">
        <span class="brand"><Icon name="cobrowse" />{t('title')}</span>
        <span class="whose">{work.company?.name}</span>
        <fluent-button id="sign-out" appearance="subtle" disabled={work.busy}
          onClick={() => { if (work.changes().length === 0 || confirm(t('signOut.sure'))) void work.signOut(); }}>{t('signOut')}</fluent-button>
      </header>
      <nav aria-label={t('nav')}>
        <ul>
          {(Object.keys(sections) as Section[]).map((name) => (
            <li key={name}>
              <a href={`#${name}`} aria-current={name === section ? 'page' : undefined}>
                <Icon name={sections[name].icon} /><span>{t(`nav.${name}` as Key)}</span>
                {name === 'rules' && lost > 0 && <b class="count lost">{lost}<span class="hidden"> {t('nav.lost')}</span></b>}
                {name === 'suggestions' && waiting > 0 && <b class="count">{waiting}<span class="hidden"> {t('nav.waiting')}</span></b>}
                {name === 'deliveries' && dead > 0 && <b class="count lost">{dead}<span class="hidden"> {t('nav.dead')}</span></b>}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main"><Notice work={work} /><View work={work} /></main>
      <PublishBar work={work} />
    </div>
  );
}

function Notice({ work }: { work: Work }) {
  const t = useTexts();
  const n = work.notice;
  if (!n) return <div role="status" class="hidden" />;
  const bad = n.kind === 'failed' || n.kind === 'conflict';
  return (
    <Message intent={n.kind === 'failed' ? 'error' : bad ? 'warning' : 'success'}>
      {n.problem ? saying(t, n.problem) : t(`notice.${n.kind}` as Key, { version: n.version ?? 0 })}
    </Message>
  );
}

/** What is not published yet. It stays in sight in every section. */
function PublishBar({ work }: { work: Work }) {
  const t = useTexts();
  const n = work.changes().length;
  if (n === 0) return null;
  return (
    <section class="publish" aria-label={t('publish.region')}>
      <p><b>{t(n === 1 ? 'publish.one' : 'publish.many', { n })}</b> <span>{t('publish.when')}</span></p>
      <fluent-button id="discard" disabled={work.busy} onClick={() => { if (confirm(t('publish.sure'))) work.discard(); }}>{t('publish.discard')}</fluent-button>
      <fluent-button id="publish" appearance="primary" disabled={work.busy} onClick={() => void work.publish()}>{t('publish.do')}</fluent-button>
    </section>
  );
}
