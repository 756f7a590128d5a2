import { changes, titleOf, wordsOf, type Change, type MaskRule, type Policy } from './policy';
import type { Version } from './api';
import { Heading } from './parts';
import { known, useTexts, useWhen, type Key } from './texts';
import type { Work } from './work';

/** Who published what and when, and the way back. */
export function Versions({ work }: { work: Work }) {
  const t = useTexts();
  return (
    <section>
      <Heading what={t('versions.what')}>{t('nav.versions')}</Heading>
      <ol class="cards versions" id="versions">
        {work.versions.map((v, i) => <Row key={v.version} work={work} v={v} before={work.versions[i + 1]?.policy} />)}
      </ol>
    </section>
  );
}

const shown = 6;

function Row({ work, v, before }: { work: Work; v: Version; before: Policy | undefined }) {
  const t = useTexts();
  const when = useWhen();
  const present = v.version === work.rules.version;
  const made = before ? changes(before, v.policy, work.kinds) : [];
  const restore = (): void => { if (confirm(t('versions.sure', { version: v.version }))) void work.restore(v.version); };
  return (
    <li class="card">
      <div class="body">
        <h2>{t('versions.version', { version: v.version })}{present && <em class="badge">{t('versions.present')}</em>}</h2>
        <p class="where">{when(v.at)} · {v.by.replace(/^administrator:/, '')}</p>
        {before && made.length > 0
          ? <ul class="made">{made.slice(0, shown).map((c) => <li key={c.list + c.id} class={c.kind}>{line(t, c, v.policy, before)}</li>)}
            {made.length > shown && <li>{t('versions.more', { n: made.length - shown })}</li>}</ul>
          : <p class="hint">{t(before ? 'versions.other' : 'versions.first')}</p>}
      </div>
      {!present && <div class="acts"><fluent-button disabled={work.busy} onClick={restore}>{t('versions.restore')}</fluent-button></div>}
    </li>
  );
}

function line(t: ReturnType<typeof useTexts>, c: Change, after: Policy, before: Policy): string {
  const what = nameOf(t, c, c.kind === 'removed' ? before : after);
  return c.list === 'settings' ? what : t(`change.${c.kind}` as Key, { kind: t(`list.${c.list}` as Key), what });
}

function nameOf(t: ReturnType<typeof useTexts>, { list, id }: Change, from: Policy): string {
  if (list === 'settings') return t(`setting.${id}` as Key);
  if (list === 'pii') return t(known('pii', id, 'pii.other'), { kind: id });
  if (list === 'modes') return id || t('site.every');
  const entry = (from[list] as { id: string }[]).find((e) => e.id === id) as Partial<MaskRule> & { name?: string; url?: string } | undefined;
  return titleOf(id) || entry?.name || entry?.url || (entry?.selector ? wordsOf(entry.selector) : id);
}
