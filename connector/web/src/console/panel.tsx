import { useEffect, useMemo, useState } from 'preact/hooks';
import { Icon } from '../ui/icon';
import type { Picked } from './api';
import type { EditorLive } from './editorlive';
import { countIn, lists, newID, titleOf, withEntry, wordsOf, type Change, type List, type Outline } from './policy';
import { Again, Message } from './parts';
import { known, saying, useTexts, type Key } from './texts';
import type { Work } from './work';

type Act = 'mask' | 'block' | 'reveal';

/** What was pointed at, what can be done with it, and what was done so far. */
export function Panel({ work, live }: { work: Work; live: EditorLive }) {
  const t = useTexts();
  const thing = live.thing();
  return (
    <aside class="ed-panel" aria-label={t('panel')}>
      <Again work={work} />
      {live.problem && <Message intent="error">{saying(t, live.problem)}</Message>}
      {thing ? <Thing key={`${live.up} ${thing.rect.x} ${thing.rect.y} ${thing.choices[0]?.selector}`} work={work} live={live} thing={thing} /> : <Idle live={live} />}
      <PausePage work={work} live={live} />
      <Drafts work={work} />
      <KeepPage work={work} live={live} />
    </aside>
  );
}

function Idle({ live }: { live: EditorLive }) {
  const t = useTexts();
  return <div class="ed-idle"><Icon name="cursor" /><p>{t(live.pointing ? 'panel.idle' : 'panel.browsing')}</p></div>;
}

const controls = /^(a|button|input|select|textarea|summary|label)$/;

/** What to call a thing: a control's own name, else what its rule names it by; a page's text may be somebody's data. */
function nameFor(thing: Picked): string {
  if (controls.test(thing.tag) && thing.name && thing.name !== thing.tag) return thing.name;
  const best = thing.choices[0];
  return best && best.by !== 'position' ? wordsOf(best.selector) : thing.tag;
}

function Thing({ work, live, thing }: { work: Work; live: EditorLive; thing: Picked }) {
  const t = useTexts();
  const [choice, setChoice] = useState(0);
  const [name, setName] = useState(nameFor(thing));
  const [everywhere, setEverywhere] = useState(work.again ? !work.again.rule.site : false);
  const heading = useFocus(thing);
  const chosen = thing.choices[choice];
  const site = everywhere ? '' : thing.host;
  const add = (act: Act): void => {
    if (!chosen) return;
    const at = site ? { site } : {};
    if (act === 'block') {
      const called = thing.name && thing.name !== thing.tag && thing.name.length <= 40 && controls.test(thing.tag) && choice === 0;
      const rule = { id: newID(name), ...at, ...(called ? { name: thing.name } : { selector: chosen.selector }) };
      work.place('guards', rule);
    } else {
      work.place('masks', { id: newID(name), ...at, selector: chosen.selector, ...(act === 'reveal' && { reveal: true }) });
    }
    live.forget();
  };
  const kind = t(known('tag', thing.tag, 'tag.other'), { tag: thing.tag });
  return (
    <div class="ed-thing">
      <h2 ref={heading} tabIndex={-1}>{thing.name && thing.name !== thing.tag ? thing.name : kind}</h2>
      <p class="where">{kind} · {thing.host || '—'}</p>
      {thing.hidden && <p class="state-line"><Icon name="eyeOff" />{t('panel.hidden', { why: t(known('reason', thing.hidden, 'reason.rule')) })}</p>}
      {thing.blocked && <p class="state-line"><Icon name="lock" />{t('panel.blocked')}</p>}
      <div class="row climb">
        <button class="small" id="bigger" disabled={live.up >= (live.picked?.above?.length ?? 0)} onClick={() => live.climb(1)}><Icon name="expand" />{t('panel.bigger')}</button>
        <button class="small" id="smaller" disabled={live.up === 0} onClick={() => live.climb(-1)}><Icon name="shrink" />{t('panel.smaller')}</button>
      </div>
      {chosen ? (
        <>
          <Choices thing={thing} live={live} work={work} site={site} choice={choice} set={setChoice} />
          {!work.again && <div class="labelled"><label for="rule-name">{t('panel.name')}</label><input id="rule-name" class="field" value={name} maxLength={60} onInput={(e) => setName(e.currentTarget.value)} /></div>}
          <label class="check"><input type="checkbox" checked={everywhere} onChange={(e) => setEverywhere(e.currentTarget.checked)} />{t('panel.everywhere')}</label>
          <div class="ed-acts">
            <fluent-button id="do-mask" appearance="primary" onClick={() => add('mask')}><span slot="start"><Icon name="eyeOff" /></span>{t('do.mask')}</fluent-button>
            <fluent-button id="do-block" onClick={() => add('block')}><span slot="start"><Icon name="lock" /></span>{t('do.block')}</fluent-button>
            <fluent-button id="do-reveal" onClick={() => add('reveal')}><span slot="start"><Icon name="check" /></span>{t('do.reveal')}</fluent-button>
          </div>
        </>
      ) : <p class="hint">{t('panel.nothing')}</p>}
    </div>
  );
}

/** Moves the focus to what was picked, so that the keyboard and screen readers go on there. */
function useFocus(thing: Picked): (e: HTMLElement | null) => void {
  const [element, setElement] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (document.activeElement?.id === 'glass') element?.focus();
    if (matchMedia('(max-width: 760px)').matches) element?.scrollIntoView({ block: 'center' }); // it stands below the page there
  }, [thing, element]);
  return setElement;
}

function Choices({ thing, live, work, site, choice, set }: { thing: Picked; live: EditorLive; work: Work; site: string; choice: number; set: (n: number) => void }) {
  const t = useTexts();
  const pages = useMemo(() => [...live.seen, ...work.shapes], [live.seen, work.shapes]);
  const [all, setAll] = useState(false);
  const shown = all ? thing.choices : thing.choices.slice(0, 3);
  return (
    <fieldset class="ed-choices">
      <legend>{t('panel.how')}</legend>
      {shown.map((c, i) => (
        <label key={c.selector} class={i === choice ? 'picked' : ''}>
          <input type="radio" name="choice" checked={i === choice} onChange={() => set(i)} />
          <span>
            <b>{t(`by.${c.by}` as Key, { what: wordsOf(c.selector) })}</b>
            <small class={c.by === 'position' ? 'weak' : ''}>{t(c.matches === 1 ? 'panel.one' : 'panel.many', { n: c.matches })}{onPages(t, pages, site, c.selector)}</small>
            <code>{c.selector}</code>
          </span>
        </label>
      ))}
      {!all && thing.choices.length > 3 && <button class="link" onClick={() => setAll(true)}>{t('panel.more', { n: thing.choices.length - 3 })}</button>}
    </fieldset>
  );
}

/** On how many of the other pages that were seen or kept the rule would find something. */
function onPages(t: ReturnType<typeof useTexts>, pages: { documents: Outline[] }[], site: string, selector: string): string {
  const counts = pages.map((p) => countIn(p.documents, site, selector));
  const told = counts.filter((n) => n !== null);
  if (told.length < 2) return '';
  return ` · ${t('panel.pages', { n: told.filter((n) => n > 0).length, of: told.length })}`;
}

function PausePage({ work, live }: { work: Work; live: EditorLive }) {
  const t = useTexts();
  const url = live.tab()?.url ?? '';
  const address = url.replace(/^https?:\/\//, '').replace(/[?#].*$/, '').replace(/:\d+\//, '/');
  const paused = work.draft.pauses.some((p) => p.url === address);
  if (!address) return null;
  const pause = (): void => work.edit({ pauses: withEntry(work.draft.pauses, { id: newID(address), url: address }) });
  return (
    <div class="ed-page">
      <p>{t('panel.page')} <code>{address}</code></p>
      <button class="small" id="do-pause" disabled={paused} onClick={pause}><Icon name="pause" />{t(paused ? 'do.paused' : 'do.pause')}</button>
      {paused && <p class="hint">{t('later.shown')}</p>}
    </div>
  );
}

function Drafts({ work }: { work: Work }) {
  const t = useTexts();
  const made = work.changes().filter((c): c is Change & { list: List } => c.kind !== 'removed' && lists.includes(c.list as List));
  if (made.length === 0) return null;
  const drop = (list: List, id: string): void =>
    work.edit({ [list]: (work.draft[list] as { id: string }[]).filter((e) => e.id !== id) });
  return (
    <div class="ed-drafts">
      <h2>{t('panel.drafts')}</h2>
      <ul class="plain" id="drafts">
        {made.map((c) => {
          const hidden = c.list === 'masks' && !work.draft.masks.find((m) => m.id === c.id)?.reveal;
          return (
            <li key={c.id}>
              <Icon name={c.list === 'guards' ? 'lock' : c.list === 'pauses' ? 'pause' : hidden ? 'eyeOff' : 'check'} /><span>{titleOf(c.id)}</span>
              <button class="quiet" title={t('remove')} aria-label={t('remove.named', { name: titleOf(c.id) })} onClick={() => drop(c.list, c.id)}><Icon name="close" /></button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** Keeps the page's shape, so that rules can be tested when nobody is on it. */
function KeepPage({ work, live }: { work: Work; live: EditorLive }) {
  const t = useTexts();
  const [name, setName] = useState<string | null>(null);
  const [told, setTold] = useState('');
  const keep = async (e: Event): Promise<void> => {
    e.preventDefault();
    try {
      await work.api.keep(live.editor.id, live.shown, name ?? '');
      setTold(t('keep.done'));
      setName(null);
      await work.refresh();
    } catch (problem) {
      setTold(saying(t, problem));
    }
  };
  return (
    <div class="ed-keep">
      {name === null ? <button class="link" id="keep-page" onClick={() => { setTold(''); setName(live.tab()?.title.slice(0, 60) ?? ''); }}>{t('keep')}</button> : (
        <form onSubmit={(e) => void keep(e)}>
          <label for="keep-name">{t('keep.name')}</label>
          <div class="row"><input id="keep-name" class="field" value={name} maxLength={80} onInput={(e) => setName(e.currentTarget.value)} /><fluent-button type="submit" disabled={name.trim() === ''}>{t('save')}</fluent-button></div>
          <p class="hint">{t('keep.hint')}</p>
        </form>
      )}
      <p role="status" class="hint">{told}</p>
    </div>
  );
}
