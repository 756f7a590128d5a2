import { useState } from 'preact/hooks';
import { Icon } from '../ui/icon';
import { nameOf, newID, understood, withEntry, type GuardRule, type RequestRule } from './policy';
import { Empty, Field, Heading, HealthLine, Site, Toggle, useRefusal } from './parts';
import { useTexts, type Key } from './texts';
import type { Work } from './work';

type Kind = 'name' | 'selector' | 'link' | 'frame' | 'downloads' | 'submits';
const kinds: readonly Kind[] = ['name', 'link', 'submits', 'downloads', 'frame', 'selector'];

function kindOf(g: GuardRule): Kind {
  return kinds.find((k) => g[k]) ?? 'name';
}

/** What only the customer may do. */
export function Blocks({ work }: { work: Work }) {
  const t = useTexts();
  const [edited, setEdited] = useState<GuardRule | null>(null);
  const [request, setRequest] = useState<RequestRule | null>(null);
  return (
    <section>
      <Heading what={t('blocks.what')}>{t('nav.blocks')}</Heading>
      <div class="row">
        <a class="button primary" href="#editor"><Icon name="cursor" />{t('rules.point')}</a>
        <fluent-button id="add-block" onClick={() => setEdited({ id: newID('block'), name: '' })}>{t('blocks.write')}</fluent-button>
      </div>
      {edited && <GuardForm rule={edited} work={work} done={() => setEdited(null)} />}
      {work.draft.guards.length === 0 && <Empty>{t('blocks.none')}</Empty>}
      <ul class="cards" id="guard-rules">
        {work.draft.guards.map((g) => <GuardCard key={g.id} work={work} rule={g} edit={() => setEdited(g)} />)}
      </ul>
      <details class="more">
        <summary>{t('blocks.defaults', { n: work.rules.defaults.guards.length })}</summary>
        <p>{work.rules.defaults.guards.map((g) => g.name).filter(Boolean).slice(0, 60).join(' · ')} …</p>
      </details>

      <h2 class="part">{t('agents')}</h2>
      <p class="lead">{t('later')}</p>
      <Toggle id="fields-only" on={work.draft.fieldsOnly} label={t('agents.fieldsOnly')} what={t('agents.fieldsOnlyWhat')} set={(fieldsOnly) => work.edit({ fieldsOnly })} />
      <Toggle id="hide-links" on={work.draft.hideLinks} label={t('agents.hideLinks')} what={t('agents.hideLinksWhat')} set={(hideLinks) => work.edit({ hideLinks })} />
      <Toggle id="file-names" on={work.draft.agentSeesFileNames} label={t('agents.fileNames')} what={t('agents.fileNamesWhat')} set={(agentSeesFileNames) => work.edit({ agentSeesFileNames })} />

      <h2 class="part">{t('requests')}</h2>
      <p class="lead">{t('requests.what')} {t('later')}</p>
      <div class="row"><fluent-button id="add-request" onClick={() => setRequest({ id: newID('request'), url: '' })}>{t('requests.add')}</fluent-button></div>
      {request && <RequestForm rule={request} work={work} done={() => setRequest(null)} />}
      <ul class="cards">{work.draft.requests.map((r) => <RequestCard key={r.id} work={work} rule={r} edit={() => setRequest(r)} />)}</ul>
    </section>
  );
}

function GuardCard({ work, rule, edit }: { work: Work; rule: GuardRule; edit: () => void }) {
  const t = useTexts();
  const kind = kindOf(rule);
  const wrong = useRefusal(work, 'guards', rule.id);
  const what = rule.name ?? rule.link ?? rule.frame ?? (rule.selector ? nameOf(rule) : '');
  const name = t(`block.${kind}` as Key, { what });
  return (
    <li class={wrong ? 'card refused' : 'card'} data-rule={rule.id}>
      <span class="sign blocked" aria-hidden="true"><Icon name="lock" /></span>
      <div class="body">
        <h2>{name}</h2>
        <p class="where"><Site site={rule.site} />{rule.selector && <> · <code>{rule.selector}</code></>}</p>
        {wrong ? <p class="wrong" role="alert">{wrong}</p> : <HealthLine work={work} id={rule.id} {...(kind === 'name' || kind === 'selector') && { again: () => work.point({ list: 'guards', rule }) }} />}
      </div>
      <div class="acts">
        <button class="quiet" title={t('edit')} aria-label={t('edit.named', { name })} onClick={edit}><Icon name="edit" /></button>
        <button class="quiet" title={t('remove')} aria-label={t('remove.named', { name })}
          onClick={() => work.edit({ guards: work.draft.guards.filter((g) => g.id !== rule.id) })}><Icon name="close" /></button>
      </div>
    </li>
  );
}

function GuardForm({ rule, work, done }: { rule: GuardRule; work: Work; done: () => void }) {
  const t = useTexts();
  const [kind, setKind] = useState<Kind>(kindOf(rule));
  const [text, setText] = useState(rule.name ?? rule.link ?? rule.frame ?? rule.selector ?? '');
  const [site, setSite] = useState(rule.site ?? '');
  const flag = kind === 'downloads' || kind === 'submits';
  const refused = useRefusal(work, 'guards', rule.id);
  const [wrong, setWrong] = useState('');
  const save = (e: Event): void => {
    e.preventDefault();
    if (kind === 'selector' && !understood(text)) {
      setWrong(t('error.policy_selector'));
      return;
    }
    const made: GuardRule = { id: rule.id, ...(site && { site }), [kind]: flag ? true : text.trim() };
    work.edit({ guards: withEntry(work.draft.guards, made) });
    done();
  };
  return (
    <form class="card form" onSubmit={save} aria-label={t('blocks.form')}>
      <div class="labelled">
        <label for="block-kind">{t('blocks.kind')}</label>
        <select id="block-kind" class="field" value={kind} onChange={(e) => setKind(e.currentTarget.value as Kind)}>
          {kinds.map((k) => <option key={k} value={k}>{t(`kind.${k}` as Key)}</option>)}
        </select>
      </div>
      {!flag && <Field id="block-text" label={t(`kind.${kind}.field` as Key)} hint={t(`kind.${kind}.hint` as Key)} value={text} set={(next) => { setWrong(''); setText(next); }} problem={wrong || refused} mono={kind === 'selector'} />}
      <Field id="block-site" label={t('site')} hint={t('site.hint')} value={site} set={(s) => setSite(s.trim().toLowerCase())} placeholder="shop.example" />
      <div class="row">
        <fluent-button type="submit" appearance="primary" disabled={!flag && text.trim() === ''}>{t('save')}</fluent-button>
        <fluent-button onClick={done}>{t('cancel')}</fluent-button>
      </div>
    </form>
  );
}

function RequestCard({ work, rule, edit }: { work: Work; rule: RequestRule; edit: () => void }) {
  const t = useTexts();
  const wrong = useRefusal(work, 'requests', rule.id);
  const name = `${rule.method || t('requests.any')} ${rule.url}`;
  return (
    <li class={wrong ? 'card refused' : 'card'}>
      <span class="sign blocked" aria-hidden="true"><Icon name="globe" /></span>
      <div class="body"><h2><code>{name}</code></h2>{wrong && <p class="wrong" role="alert">{wrong}</p>}</div>
      <div class="acts">
        <button class="quiet" title={t('edit')} aria-label={t('edit.named', { name })} onClick={edit}><Icon name="edit" /></button>
        <button class="quiet" title={t('remove')} aria-label={t('remove.named', { name })}
          onClick={() => work.edit({ requests: work.draft.requests.filter((r) => r.id !== rule.id) })}><Icon name="close" /></button>
      </div>
    </li>
  );
}

function RequestForm({ rule, work, done }: { rule: RequestRule; work: Work; done: () => void }) {
  const t = useTexts();
  const [now, setNow] = useState(rule);
  const save = (e: Event): void => {
    e.preventDefault();
    const { method, ...rest } = now;
    work.edit({ requests: withEntry(work.draft.requests, method ? { ...rest, method } : rest) });
    done();
  };
  return (
    <form class="card form" onSubmit={save} aria-label={t('requests')}>
      <div class="labelled">
        <label for="request-method">{t('requests.method')}</label>
        <select id="request-method" class="field" value={now.method ?? ''} onChange={(e) => setNow({ ...now, method: e.currentTarget.value })}>
          <option value="">{t('requests.any')}</option>{['POST', 'PUT', 'PATCH', 'DELETE', 'GET'].map((m) => <option key={m}>{m}</option>)}
        </select>
      </div>
      <Field id="request-url" label={t('address')} hint={t('address.hint')} value={now.url} set={(url) => setNow({ ...now, url: url.trim() })} placeholder="shop.example/api/orders*" mono />
      <div class="row">
        <fluent-button type="submit" appearance="primary" disabled={now.url === ''}>{t('save')}</fluent-button>
        <fluent-button onClick={done}>{t('cancel')}</fluent-button>
      </div>
    </form>
  );
}
