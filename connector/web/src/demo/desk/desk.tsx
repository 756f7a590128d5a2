import { render } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';
import type {} from '../../desk-host/webresource'; // only its window.cobrowseHost: the script itself is loaded as the desk loads it
import { language } from '../../i18n';
import { catalogues } from '../texts';
import { Glyph, type GlyphName } from './glyph';
import { installHostObjects, switchSession } from './hostobjects';
import { ask, Workspace, type Conversation, type Desk, type Message } from './workspace';

const { t, tag } = language(catalogues, navigator.languages);
document.documentElement.lang = tag;
document.title = t('desk.title');

const place = document.getElementById('desk');
if (place) start(place).catch(() => { place.textContent = t('desk.failed'); });

async function start(root: HTMLElement): Promise<void> {
  const workspace = new Workspace(await ask<Desk>('/api/desk'));
  installHostObjects(workspace);
  render(<Page workspace={workspace} />, root);
  for (const c of workspace.desk.conversations) void workspace.load(c.id);
  announceCobrowse(workspace);
}

/** The real workspace posts a line into the conversation when its co-browse tab reports these events. */
function announceCobrowse(workspace: Workspace): void {
  const announce = (text: string) => (): void => { void workspace.say(workspace.focused, text, 'system'); };
  window.addEventListener('CobrowseConnectedEvent', announce(t('desk.started')));
  window.addEventListener('CobrowseEndedEvent', announce(t('desk.ended')));
}

function useWorkspace(workspace: Workspace): void {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useLayoutEffect(() => workspace.onChange(() => redraw(undefined)), [workspace]);
}

function Page({ workspace }: { workspace: Workspace }) {
  useWorkspace(workspace);
  const [tool, setTool] = useState(true);
  const current = workspace.conversation(workspace.focused);
  return (
    <div class={tool ? 'desk with-tool' : 'desk'}>
      <TopBar workspace={workspace} />
      <Sessions workspace={workspace} />
      <main class="work">
        {current && <Control workspace={workspace} conversation={current} cobrowse={() => {
          setTool(true);
          document.querySelector('.tool')?.scrollIntoView(); // on a phone it is below
        }} />}
        {current && <CaseForm conversation={current} />}
        {!current && <p class="nothing">{t('desk.nobody')}</p>}
      </main>
      <aside class="tool" aria-label={t('desk.pane')} hidden={!tool}>
        <header><h2>{t('desk.cobrowse')}</h2><button class="icon" aria-label={t('desk.closePane')} onClick={() => setTool(false)}><Glyph name="close" /></button></header>
        <Widget service={workspace.desk.service} company={workspace.desk.company} />
      </aside>
      <nav class="tools" aria-label={t('desk.tools')}>
        <button class="icon" aria-label={t('desk.cobrowse')} aria-pressed={tool} title={t('desk.cobrowse')} onClick={() => setTool(!tool)}><Glyph name="cobrowse" /></button>
        <button class="icon" aria-label={t('desk.knowledge')} title={t('desk.knowledge')} disabled><Glyph name="book" /></button>
        <button class="icon" aria-label={t('desk.scripts')} title={t('desk.scripts')} disabled><Glyph name="list" /></button>
      </nav>
    </div>
  );
}

function TopBar({ workspace }: { workspace: Workspace }) {
  const { agent } = workspace.desk;
  return (
    <header class="top">
      <Glyph name="waffle" />
      <strong>{t('desk.title')}</strong>
      <span class="environment">{t('standin')}</span>
      <span class="me"><span class="presence" />{agent.name}<Face name={agent.name} /></span>
    </header>
  );
}

function Sessions({ workspace }: { workspace: Workspace }) {
  return (
    <nav class="sessions" aria-label={t('desk.conversations')}>
      <h2>{t('desk.mine')}</h2>
      {workspace.desk.conversations.map((c) => (
        <button key={c.id} data-conversation={c.id} data-channel={c.channel} aria-current={c.id === workspace.focused ? 'true' : undefined}
          onClick={() => switchSession(workspace, c.id)}>
          <Face name={c.customerName} badge={c.channel === 'chat' ? 'chat' : 'phone'} />
          <span class="who"><strong>{c.customerName}</strong><span>{lastLine(workspace.chats.get(c.id), c)}</span></span>
          <Elapsed since={c.started} />
        </button>
      ))}
    </nav>
  );
}

function lastLine(chat: Message[] | undefined, c: Conversation): string {
  if (c.channel === 'voice') return t('desk.onCall');
  const last = chat?.at(-1);
  return last ? last.text : c.subject;
}

function Control(p: { workspace: Workspace; conversation: Conversation; cobrowse: () => void }) {
  const { conversation: c } = p;
  return (
    <section class="control" aria-label={t('desk.conversation')}>
      <header>
        <Face name={c.customerName} badge={c.channel === 'chat' ? 'chat' : 'phone'} />
        <div class="who"><strong>{c.customerName}</strong><span>{t(c.channel === 'chat' ? 'desk.chat' : 'desk.call')} · {c.queue}</span></div>
        {c.channel === 'chat' && <button class="icon" aria-label={t('desk.startCobrowse')} title={t('desk.startCobrowse')} onClick={p.cobrowse}><Glyph name="cobrowse" /></button>}
        {c.channel === 'voice' && <span class="calling"><Glyph name="phone" /><Elapsed since={c.started} /></span>}
      </header>
      <Transcript lines={p.workspace.chats.get(c.id) ?? []} />
      {c.channel === 'chat' ? <SendBox key={c.id} workspace={p.workspace} id={c.id} /> : <CallBar unrecorded={p.workspace.unrecorded.has(c.id)} />}
    </section>
  );
}

function Transcript({ lines }: { lines: Message[] }) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [lines]);
  return (
    <div class="transcript" role="log" aria-label={t('desk.transcript')} tabIndex={0}>
      {lines.map((m, i) => (
        <div key={i} class={`line ${m.from}`}>
          {m.from !== 'system' && <span class="by">{m.name} · {clock(m.at)}</span>}
          <p>{withLinks(m.text)}</p>
        </div>
      ))}
      {lines.length === 0 && <div class="line system"><p>{t('desk.silent')}</p></div>}
      <div ref={end} />
    </div>
  );
}

/** Addresses in a message become links, as in the customer's chat: this is how a join link is opened. */
function withLinks(text: string) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, i) =>
    i % 2 ? <a href={part} target="_blank" rel="noopener noreferrer">{part}</a> : part);
}

function SendBox({ workspace, id }: { workspace: Workspace; id: string }) {
  const draft = workspace.drafts.get(id) ?? '';
  const send = async (e: Event): Promise<void> => {
    e.preventDefault();
    const text = draft.trim();
    if (!text) return;
    await workspace.say(id, text);
    workspace.draft(id, '');
  };
  return (
    <form class="sendbox" onSubmit={(e) => void send(e)}>
      <input aria-label={t('desk.message')} placeholder={t('desk.message')} value={draft} onInput={(e) => workspace.draft(id, e.currentTarget.value)} />
      <button class="icon" aria-label={t('desk.send')}><Glyph name="send" /></button>
    </form>
  );
}

function CallBar({ unrecorded }: { unrecorded: boolean }) {
  return (
    <div class="callbar">
      <p class={unrecorded ? 'recording paused' : 'recording'} role="status">{t(unrecorded ? 'desk.recordingPaused' : 'desk.recording')}</p>
      {([['mic', 'desk.mute'], ['pause', 'desk.hold'], ['keypad', 'desk.keypad'], ['phone', 'desk.end']] as const).map(([glyph, what]) => (
        <button key={what} class={what === 'desk.end' ? 'icon end' : 'icon'} disabled aria-label={t(what)} title={t('desk.notHere', { what: t(what) })}><Glyph name={glyph} /></button>
      ))}
    </div>
  );
}

function CaseForm({ conversation: c }: { conversation: Conversation }) {
  return (
    <section class="case" aria-label={t('case')}>
      <p class="kind">{c.caseId ? t('case.number', { number: c.ticketNumber }) : t('case')}</p>
      <h1>{c.caseTitle || t('desk.noCase')}</h1>
      <dl>
        <dt>{t('case.customer')}</dt><dd>{c.customerName}</dd>
        <dt>{t('desk.email')}</dt><dd>{c.email || '—'}</dd>
        <dt>{t('desk.phone')}</dt><dd>{c.phone || '—'}</dd>
        <dt>{t('desk.language')}</dt><dd>{c.locale || '—'}</dd>
        <dt>{t('desk.origin')}</dt><dd>{t(`desk.origin.${c.channel}`)}</dd>
        <dt>{t('desk.subject')}</dt><dd>{c.subject || '—'}</dd>
      </dl>
      {c.caseId && <a class="timeline-link" href={`/timeline/${encodeURIComponent(c.caseId)}`} target="_blank" rel="noopener"><Glyph name="list" /> {t('desk.timeline')}</a>}
    </section>
  );
}

/** The product, put here by its own host script: this page has no part in it but the signed launch. */
function Widget({ service, company }: { service: string; company: string }) {
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!container.current) return;
    window.cobrowseHost.mount(container.current, {
      service,
      company,
      launch: async (conversation) => (await ask<{ launch: string }>('/launch', { conversation, role: 'agent' })).launch,
    });
  }, [service, company]);
  return <div class="widget" ref={container} />;
}

function Face({ name, badge }: { name: string; badge?: GlyphName }) {
  const initials = name.split(/\s+/).map((w) => w[0]).filter(Boolean);
  return (
    <span class={`face tone${tone(name)}`} aria-hidden="true">
      {initials[0]}{initials.length > 1 ? initials.at(-1) : ''}
      {badge && <span class="badge"><Glyph name={badge} /></span>}
    </span>
  );
}

function tone(name: string): number {
  return [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % 4;
}

function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const s = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  const parts = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return <time class="elapsed">{shown.map((n) => String(n).padStart(2, '0')).join(':')}</time>;
}

function clock(at: string): string {
  return new Date(at).toLocaleTimeString(tag, { hour: '2-digit', minute: '2-digit' });
}
