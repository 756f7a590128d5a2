import { useState } from 'preact/hooks';
import { Icon } from '../ui/icon';
import { newID, withEntry, withMode, type PageRule, type SiteMode } from './policy';
import { Empty, Field, Heading, Site, Toggle, useRefusal } from './parts';
import { useTexts, saying, type Key } from './texts';
import type { Work } from './work';

const modes = ['inputs', 'text', 'listed'] as const;

/** Sites that hide more than the rules name, and pages on which agents see nothing at all. */
export function Sites({ work }: { work: Work }) {
  const t = useTexts();
  const [mode, setMode] = useState<SiteMode | null>(null);
  const [page, setPage] = useState<PageRule | null>(null);
  const refused = work.refused?.field.startsWith('modes') ? saying(t, work.refused.problem) : '';
  const addMode = (e: Event): void => {
    e.preventDefault();
    if (!mode) return;
    const made: SiteMode = mode.site ? mode : { mode: mode.mode };
    work.edit({ modes: withMode(work.draft.modes, made) });
    setMode(null);
  };
  const addPage = (e: Event): void => {
    e.preventDefault();
    if (page) work.edit({ pauses: withEntry(work.draft.pauses, page) });
    setPage(null);
  };
  return (
    <section>
      <Heading what={t('sites.what')}>{t('nav.sites')}</Heading>
      {refused && <p class="wrong" role="alert">{refused}</p>}
      <div class="row"><fluent-button id="add-mode" appearance="primary" onClick={() => setMode({ site: '', mode: 'inputs' })}>{t('sites.add')}</fluent-button></div>
      {mode && (
        <form class="card form" onSubmit={addMode} aria-label={t('sites.add')}>
          <Field id="mode-site" label={t('site')} hint={t('site.hint')} value={mode.site ?? ''} set={(site) => setMode({ ...mode, site: site.trim().toLowerCase() })} placeholder="bank.example" />
          <fieldset class="options">
            <legend>{t('sites.hides')}</legend>
            {modes.map((m) => <label key={m}><input type="radio" name="mode" checked={mode.mode === m} onChange={() => setMode({ ...mode, mode: m })} /><span>{t(`mode.${m}` as Key)}</span></label>)}
          </fieldset>
          <div class="row"><fluent-button type="submit" appearance="primary">{t('save')}</fluent-button><fluent-button onClick={() => setMode(null)}>{t('cancel')}</fluent-button></div>
        </form>
      )}
      {work.draft.modes.length === 0 && !mode && <Empty>{t('sites.none')}</Empty>}
      <ul class="cards">
        {work.draft.modes.map((m) => (
          <li class="card" key={m.site ?? ''}>
            <span class="sign" aria-hidden="true"><Icon name="eyeOff" /></span>
            <div class="body"><h2><Site site={m.site} /></h2><p class="where">{t(`mode.${m.mode}` as Key)}</p></div>
            <div class="acts"><button class="quiet" title={t('remove')} aria-label={t('remove.named', { name: m.site || t('site.every') })}
              onClick={() => work.edit({ modes: work.draft.modes.filter((other) => other !== m) })}><Icon name="close" /></button></div>
          </li>
        ))}
      </ul>
      <Toggle id="may-reveal" on={work.draft.mayReveal} label={t('reveal')} what={t('reveal.what')} set={(mayReveal) => work.edit({ mayReveal })} />

      <h2 class="part">{t('pauses')}</h2>
      <p class="lead">{t('pauses.what')} {t('later.shown')}</p>
      <div class="row"><fluent-button id="add-pause" onClick={() => setPage({ id: newID('page'), url: '' })}>{t('pauses.add')}</fluent-button></div>
      {page && (
        <form class="card form" onSubmit={addPage} aria-label={t('pauses.add')}>
          <Field id="pause-url" label={t('address')} hint={t('address.hint')} value={page.url} set={(url) => setPage({ ...page, url: url.trim() })} placeholder="bank.example/statements/*" mono />
          <div class="row"><fluent-button type="submit" appearance="primary" disabled={page.url === ''}>{t('save')}</fluent-button><fluent-button onClick={() => setPage(null)}>{t('cancel')}</fluent-button></div>
        </form>
      )}
      {work.draft.pauses.length === 0 && !page && <Empty>{t('pauses.none')}</Empty>}
      <ul class="cards" id="pauses">{work.draft.pauses.map((p) => <PauseCard key={p.id} work={work} rule={p} edit={() => setPage(p)} />)}</ul>
    </section>
  );
}

function PauseCard({ work, rule, edit }: { work: Work; rule: PageRule; edit: () => void }) {
  const t = useTexts();
  const wrong = useRefusal(work, 'pauses', rule.id);
  return (
    <li class={wrong ? 'card refused' : 'card'} data-rule={rule.id}>
      <span class="sign paused" aria-hidden="true"><Icon name="pause" /></span>
      <div class="body"><h2><code>{rule.url}</code></h2>{wrong && <p class="wrong" role="alert">{wrong}</p>}</div>
      <div class="acts">
        <button class="quiet" title={t('edit')} aria-label={t('edit.named', { name: rule.url })} onClick={edit}><Icon name="edit" /></button>
        <button class="quiet" title={t('remove')} aria-label={t('remove.named', { name: rule.url })}
          onClick={() => work.edit({ pauses: work.draft.pauses.filter((p) => p.id !== rule.id) })}><Icon name="close" /></button>
      </div>
    </li>
  );
}
