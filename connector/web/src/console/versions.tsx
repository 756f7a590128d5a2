import { useEffect, useState } from 'preact/hooks';
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
        {work.versions.map((v, i) => <Row key={v.version} work={work} v={v} first={i === 0} />)}
      </ol>
    </section>
  );
}

function Row({ work, v, first }: { work: Work; v: Version; first: boolean }) {
  const t = useTexts();
  const when = useWhen();
  const [open, setOpen] = useState(first);
  useEffect(() => { if (open) void work.look(v.version); }, [open]);
  const present = v.version === work.rules.version;
  const restore = (): void => { if (confirm(t('versions.sure', { version: v.version }))) void work.restore(v.version); };
  return (
    <li class="card">
      <div class="body">
        <h2>{t('versions.version', { version: v.version })}{present && <em class="badge">{t('versions.present')}</em>}</h2>
        <p class="where">{when(v.at)} · {v.by.replace(/^administrator:/, '')}</p>
        <details class="made" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
          <summary>{t('versions.made')}</summary>
          <Made work={work} version={v.version} />
        </details>
      </div>
      {!present && <div class="acts"><fluent-button disabled={work.busy} onClick={restore}>{t('versions.restore')}</fluent-button></div>}
    </li>
  );
}

/** What a version made different. */
function Made({ work, version }: { work: Work; version: number }) {
  const t = useTexts();
  const said = work.said.get(version);
  if (!said) return null;
  const { before, policy } = said;
  if (!before) return <p class="hint">{t('versions.first')}</p>;
  const made = changes(before, policy, work.kinds);
  if (made.length === 0) return <p class="hint">{t('versions.other')}</p>;
  return <ul>{made.map((c) => <li key={c.list + c.id} class={c.kind}>{line(t, c, policy, before)}</li>)}</ul>;
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
