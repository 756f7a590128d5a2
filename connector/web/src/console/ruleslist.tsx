import { useState } from 'preact/hooks';
import { Icon } from '../ui/icon';
import { countIn, nameOf, newID, titleOf, understood, withEntry, type MaskRule } from './policy';
import { Empty, Field, Heading, HealthLine, Site, useRefusal } from './parts';
import { useTexts, useWhen } from './texts';
import type { Work } from './work';

/** What is hidden from agents, and what is shown to them all the same. */
export function RulesList({ work }: { work: Work }) {
  const t = useTexts();
  const [edited, setEdited] = useState<MaskRule | null>(null);
  const unpublished = new Set(work.changes().filter((c) => c.list === 'masks').map((c) => c.id));
  const put = (rule: MaskRule): void => {
    work.edit({ masks: withEntry(work.draft.masks, rule) });
    setEdited(null);
  };
  return (
    <section>
      <Heading what={t('rules.what')}>{t('nav.rules')}</Heading>
      <div class="row">
        <a class="button primary" href="#editor"><Icon name="cursor" />{t('rules.point')}</a>
        <fluent-button id="add-mask" onClick={() => setEdited({ id: newID(''), selector: '' })}>{t('rules.write')}</fluent-button>
      </div>
      {edited && !work.draft.masks.some((m) => m.id === edited.id) && <MaskForm rule={edited} put={put} cancel={() => setEdited(null)} work={work} />}
      {work.draft.masks.length === 0 && <Empty>{t('rules.none')}</Empty>}
      <ul class="cards" id="mask-rules">
        {work.draft.masks.map((rule) => (edited?.id === rule.id
          ? <li key={rule.id}><MaskForm rule={edited} put={put} cancel={() => setEdited(null)} work={work} /></li>
          : <MaskCard key={rule.id} work={work} rule={rule} fresh={unpublished.has(rule.id)} edit={() => setEdited(rule)} />))}
      </ul>
      <Defaults work={work} />
      <Shapes work={work} />
    </section>
  );
}

function MaskCard({ work, rule, fresh, edit }: { work: Work; rule: MaskRule; fresh: boolean; edit: () => void }) {
  const t = useTexts();
  const wrong = useRefusal(work, 'masks', rule.id);
  const title = nameOf(rule);
  const remove = (): void => work.edit({ masks: work.draft.masks.filter((m) => m.id !== rule.id) });
  return (
    <li class={wrong ? 'card refused' : 'card'} data-rule={rule.id}>
      <span class={rule.reveal ? 'sign shown' : 'sign'} aria-hidden="true"><Icon name={rule.reveal ? 'check' : 'eyeOff'} /></span>
      <div class="body">
        <h2>{t(rule.reveal ? 'rules.shown' : 'rules.hidden', { name: title })}{fresh && <em class="badge new">{t('unpublished')}</em>}</h2>
        <p class="where"><Site site={rule.site} /> · <code>{rule.selector}</code></p>
        {wrong ? <p class="wrong" role="alert">{wrong}</p> : <HealthLine work={work} id={rule.id} again={() => work.point({ list: 'masks', rule })} />}
        <ShapeCounts work={work} rule={rule} />
      </div>
      <div class="acts">
        <button class="quiet" title={t('edit')} aria-label={t('edit.named', { name: title })} onClick={edit}><Icon name="edit" /></button>
        <button class="quiet" title={t('remove')} aria-label={t('remove.named', { name: title })} onClick={remove}><Icon name="close" /></button>
      </div>
    </li>
  );
}

/** What a rule would find on the pages that are kept. */
function ShapeCounts({ work, rule }: { work: Work; rule: MaskRule }) {
  const t = useTexts();
  const seen = work.shapes.map((s) => ({ name: s.name, n: countIn(s.documents, rule.site ?? '', rule.selector) })).filter((s) => s.n !== null && s.n > 0);
  if (seen.length === 0) return null;
  return <p class="hint">{t('rules.onShapes')} {seen.map((s) => `${s.name} (${s.n})`).join(', ')}</p>;
}

function MaskForm({ rule, put, cancel, work }: { rule: MaskRule; put: (rule: MaskRule) => void; cancel: () => void; work: Work }) {
  const t = useTexts();
  const [now, setNow] = useState(rule);
  const refused = useRefusal(work, 'masks', rule.id);
  const [wrong, setWrong] = useState('');
  const save = (e: Event): void => {
    e.preventDefault();
    if (!understood(now.selector)) {
      setWrong(t('error.policy_selector'));
      return;
    }
    const { site, ...rest } = now;
    put(site ? { ...rest, site } : rest);
  };
  return (
    <form class="card form" onSubmit={save} aria-label={t('rules.form')}>
      <Field id="mask-selector" label={t('rules.selector')} hint={t('rules.selectorHint')} value={now.selector} mono problem={wrong || refused} set={(selector) => { setWrong(''); setNow({ ...now, selector }); }} />
      <Field id="mask-site" label={t('site')} hint={t('site.hint')} value={now.site ?? ''} set={(site) => setNow({ ...now, site: site.trim().toLowerCase() })} placeholder="shop.example" />
      <fieldset class="options">
        <legend>{t('rules.does')}</legend>
        <label><input type="radio" name="does" checked={!now.reveal} onChange={() => { const { reveal: _, ...rest } = now; setNow(rest); }} />{t('rules.hide')}</label>
        <label><input type="radio" name="does" checked={!!now.reveal} onChange={() => setNow({ ...now, reveal: true })} />{t('rules.show')}</label>
      </fieldset>
      <div class="row">
        <fluent-button type="submit" appearance="primary" disabled={now.selector.trim() === ''}>{t('save')}</fluent-button>
        <fluent-button onClick={cancel}>{t('cancel')}</fluent-button>
      </div>
    </form>
  );
}

function Defaults({ work }: { work: Work }) {
  const t = useTexts();
  return (
    <details class="more">
      <summary>{t('rules.defaults', { n: work.rules.defaults.masks.length })}</summary>
      <p>{t('rules.defaultsWhat')}</p>
      <ul>{work.rules.defaults.masks.map((m) => <li key={m.id}>{t(`default.${m.id}` as never) === `default.${m.id}` ? titleOf(m.id) : t(`default.${m.id}` as never)}</li>)}</ul>
    </details>
  );
}

function Shapes({ work }: { work: Work }) {
  const t = useTexts();
  const when = useWhen();
  if (work.shapes.length === 0) return null;
  return (
    <details class="more">
      <summary>{t('shapes', { n: work.shapes.length })}</summary>
      <p>{t('shapes.what')}</p>
      <ul class="plain">
        {work.shapes.map((s) => (
          <li key={s.id}>
            <span>{s.name} <small>{when(s.at)}</small></span>
            <button class="quiet" aria-label={t('remove.named', { name: s.name })} title={t('remove')} onClick={() => void work.dropShape(s.id)}><Icon name="close" /></button>
          </li>
        ))}
      </ul>
    </details>
  );
}
