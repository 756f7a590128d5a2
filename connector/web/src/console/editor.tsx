import { useContext, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../ui/icon';
import { asProblem } from '../http';
import { customerLanguage } from '../i18n';
import { addressOf } from '../live';
import { EditorLive } from './editorlive';
import { Panel } from './panel';
import { isPaused } from './policy';
import { Again, Heading, Message } from './parts';
import { known, saying, Texts, useTexts } from './texts';
import type { Work } from './work';

/** The running editor. It stays while the administrator looks at another section. */
let running: EditorLive | null = null;

/** A page in a cloud browser, to point at. */
export function EditorView({ work }: { work: Work }) {
  const t = useTexts();
  const { tag } = useContext(Texts);
  const [, redraw] = useState(0);
  const [starting, setStarting] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const changed = (): void => redraw((n) => n + 1);
  const refresh = useRef(changed);
  refresh.current = changed;

  const start = async (url: string): Promise<void> => {
    setStarting(true);
    setProblem(null);
    try {
      running?.close();
      const [made, customer] = await Promise.all([work.api.edit(url), customerLanguage([tag])]);
      const live = new EditorLive(work.api, made, { customer: t('editor.customer'), agent: t('editor.agent'), layer: customer.t }, () => refresh.current());
      running = live;
      work.onDraft = (draft) => void live.preview(draft);
      void live.preview(work.draft);
      await live.open();
    } catch (e) {
      setProblem(asProblem(e));
    }
    setStarting(false);
  };
  const live = running;
  if (!live || live.over) {
    return <Start work={work} starting={starting} start={start} problem={problem} over={live?.over ?? ''} />;
  }
  return <Running work={work} live={live} problem={problem} close={() => { live.close(); running = null; changed(); }} />;
}

function Start({ work, starting, start, problem, over }: {
  work: Work; starting: boolean; start: (url: string) => Promise<void>; problem: unknown; over: string;
}) {
  const t = useTexts();
  const [url, setURL] = useState(work.company?.startUrl ?? '');
  const submit = (e: Event): void => {
    e.preventDefault();
    const address = addressOf(url);
    if (address && !starting) void start(address); // Enter in the field asks no button
  };
  return (
    <section class="ed-start">
      <Heading what={t('editor.what')}>{t('nav.editor')}</Heading>
      <Again work={work} />
      {over && <Message intent={over === 'failed' ? 'error' : 'info'}>{t(over === 'failed' ? 'editor.failed' : 'editor.over')}</Message>}
      {problem !== null && <Message intent="error">{saying(t, problem)}</Message>}
      <form class="card form" onSubmit={submit}>
        <div class="labelled">
          <label for="start-url">{t('editor.start')}</label>
          <input id="start-url" class="field" value={url} spellcheck={false} autocomplete="off" placeholder="https://shop.example/checkout" onFocus={(e) => e.currentTarget.select()} onInput={(e) => setURL(e.currentTarget.value)} />
          <p class="hint">{t('editor.startHint')}</p>
        </div>
        <div class="row"><fluent-button id="start-editor" type="submit" appearance="primary" disabled={starting || url.trim() === ''}>{t(starting ? 'editor.starting' : 'editor.open')}</fluent-button></div>
      </form>
      <ol class="how"><li>{t('editor.how1')}</li><li>{t('editor.how2')}</li><li>{t('editor.how3')}</li></ol>
    </section>
  );
}

function Running({ work, live, problem, close }: { work: Work; live: EditorLive; problem: unknown; close: () => void }) {
  const t = useTexts();
  const [side, setSide] = useState<'customer' | 'agent'>('customer');
  return (
    <section class="ed" aria-label={t('nav.editor')}>
      <h1 class="hidden">{t('nav.editor')}</h1>
      <Bar live={live} close={close} />
      {problem !== null && <Message intent="error">{saying(t, problem)}</Message>}
      {live.refused && <Message intent="warning">{t(known('editor', live.refused, 'editor.page_failed'))}</Message>}
      {live.ofFiles && <Message intent="warning">{live.ofFiles}</Message>}
      <div class="ed-body">
        <div class="ed-views">
          <div class="ed-sides" role="group" aria-label={t('editor.sides')}>
            {(['customer', 'agent'] as const).map((s) => <button key={s} aria-pressed={side === s} onClick={() => setSide(s)}>{t(`editor.${s}`)}</button>)}
          </div>
          <CustomerSide live={live} shown={side === 'customer'} />
          <AgentSide work={work} live={live} shown={side === 'agent'} />
        </div>
        <Panel work={work} live={live} />
      </div>
    </section>
  );
}

function Bar({ live, close }: { live: EditorLive; close: () => void }) {
  const t = useTexts();
  const tab = live.tab();
  const [typed, setTyped] = useState<string | null>(null);
  useLayoutEffect(() => setTyped(null), [tab?.id, tab?.url]);
  const history = (delta: -1 | 0 | 1): void => { live.send({ type: 'history', tab: live.shown, delta }); };
  const go = (e: Event): void => {
    e.preventDefault();
    const url = addressOf(typed ?? '');
    if (url) live.go(url);
  };
  return (
    <form class="ed-bar" onSubmit={go}>
      <button type="button" class="quiet" aria-label={t('editor.back')} title={t('editor.back')} disabled={!tab?.canBack} onClick={() => history(-1)}><Icon name="back" /></button>
      <button type="button" class="quiet" aria-label={t('editor.forward')} title={t('editor.forward')} disabled={!tab?.canForward} onClick={() => history(1)}><Icon name="forward" /></button>
      <button type="button" class="quiet" aria-label={t('editor.reload')} title={t('editor.reload')} disabled={!tab} onClick={() => history(0)}><Icon name="reload" /></button>
      <input id="editor-address" class="field" aria-label={t('editor.address')} spellcheck={false} autocomplete="off" value={typed ?? tab?.url ?? ''}
        onInput={(e) => setTyped(e.currentTarget.value)} onFocus={(e) => e.currentTarget.select()} onKeyDown={(e) => { if (e.key === 'Escape') setTyped(null); }} />
      {live.tabs.length > 1 && (
        <select class="field ed-tabs" aria-label={t('editor.tabs')} value={live.shown} onChange={(e) => live.send({ type: 'tab', op: 'show', tab: e.currentTarget.value })}>
          {live.tabs.map((other, i) => <option key={other.id} value={other.id}>{other.title || t('editor.tab', { n: i + 1 })}</option>)}
        </select>
      )}
      <div class="ed-mode" role="group" aria-label={t('editor.mode')}>
        <button type="button" id="mode-point" aria-pressed={live.pointing} onClick={() => live.setPointing(true)}><Icon name="cursor" />{t('editor.point')}</button>
        <button type="button" id="mode-browse" aria-pressed={!live.pointing} onClick={() => live.setPointing(false)}><Icon name="globe" />{t('editor.browse')}</button>
      </div>
      <select class="field ed-shape" aria-label={t('editor.size')} value={live.shape} onChange={(e) => live.setShape(e.currentTarget.value as 'desktop' | 'phone')}>
        <option value="desktop">{t('editor.desktop')}</option><option value="phone">{t('editor.phone')}</option>
      </select>
      <button type="button" id="close-editor" class="quiet" aria-label={t('editor.close')} title={t('editor.close')} onClick={close}><Icon name="close" /></button>
    </form>
  );
}

/** How far an arrow key moves the cross, in the page's pixels. */
const step = 12;

function CustomerSide({ live, shown }: { live: EditorLive; shown: boolean }) {
  const t = useTexts();
  const place = useRef<HTMLDivElement>(null);
  const [cross, setCross] = useState<{ x: number; y: number } | null>(null);
  useLayoutEffect(() => { // before the socket asks how much room there is for the page
    place.current?.prepend(live.customer);
    return () => live.customer.remove();
  }, [live]);
  const byKey = (e: KeyboardEvent): void => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    const now = cross ?? { x: live.page.width / 2, y: live.page.height / 2 };
    if (by) {
      const far = e.shiftKey ? step * 6 : step;
      const next = { x: clamp(now.x + by[0]! * far, live.page.width), y: clamp(now.y + by[1]! * far, live.page.height) };
      setCross(next);
      live.hoverPage(next.x, next.y);
    } else if (e.key === 'Enter' || e.key === ' ') {
      void live.pickPage(now.x, now.y);
    } else {
      return;
    }
    e.preventDefault();
  };
  return (
    <figure class={shown ? 'ed-side shown' : 'ed-side'} id="customer-side">
      <figcaption><Icon name="person" />{t('editor.customer')}</figcaption>
      <div class="ed-stage" ref={place}>
        {live.pointing && live.state === 'live' && (
          <div class="ed-glass" id="glass" tabIndex={0} role="application" aria-label={t('editor.glass')} onKeyDown={byKey}
            onPointerMove={(e) => { if (e.pointerType !== 'touch') live.hover(e.clientX, e.clientY); }}
            onWheel={(e) => live.send({ type: 'input', tab: live.shown, ev: { kind: 'wheel', x: live.page.width / 2, y: live.page.height / 2, dx: e.deltaX, dy: e.deltaY } })}
            onClick={(e) => void live.pick(e.clientX, e.clientY)} />
        )}
        {live.state !== 'live' && <div class="ed-veil" role="status"><fluent-spinner size="small" /><p>{t('editor.preparing')}</p></div>}
      </div>
    </figure>
  );
}

function clamp(v: number, most: number): number { return Math.min(Math.max(0, v), most - 1); }

function AgentSide({ work, live, shown }: { work: Work; live: EditorLive; shown: boolean }) {
  const t = useTexts();
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place.current?.prepend(live.agent);
    return () => live.agent.remove();
  }, [live]);
  const current = live.shows(work.draft);
  const paused = isPaused(live.tab()?.url ?? '', work.draft.pauses); // pages pause from the next session on: shown here as it will be
  const why = paused ? 'private' : live.gate.reason;
  return (
    <figure class={shown ? 'ed-side shown' : 'ed-side'} id="agent-side" data-shows={current ? 'draft' : 'older'}>
      <figcaption><Icon name="eyeOff" />{t('editor.agent')}{!current && live.state === 'live' && <em>{t('editor.applying')}</em>}</figcaption>
      <div class="ed-stage" ref={place}>
        {(paused || !live.agentSees) && <div class="ed-veil" role="status"><span class="sign" aria-hidden="true"><Icon name="lock" /></span><p>{t(known('gate', why, 'gate.loading'))}</p></div>}
      </div>
    </figure>
  );
}
