import { render } from 'preact';
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type {} from '../../desk-host/webresource'; // only its window.cobrowseHost: the script itself is loaded as the desk loads it
import { Glyph, type GlyphName } from './glyph';
import { installHostObjects, switchSession } from './hostobjects';
import { ask, Workspace, type Conversation, type Desk, type Message } from './workspace';

const place = document.getElementById('desk');
if (place) start(place).catch((e: unknown) => { place.textContent = `The desk could not be opened: ${String(e)}`; });

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
  window.addEventListener('CobrowseConnectedEvent', announce('Co-browse started'));
  window.addEventListener('CobrowseEndedEvent', announce('Co-browse ended'));
}

function useWorkspace(workspace: Workspace): void {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => workspace.onChange(() => redraw(undefined)), [workspace]);
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
        {!current && <p class="nothing">No conversation is assigned to you.</p>}
      </main>
      <aside class="tool" aria-label="Productivity pane" hidden={!tool}>
        <header><h2>Co-browse</h2><button class="icon" aria-label="Close pane" onClick={() => setTool(false)}><Glyph name="close" /></button></header>
        <Widget service={workspace.desk.service} company={workspace.desk.company} />
      </aside>
      <nav class="tools" aria-label="Tools">
        <button class="icon" aria-label="Co-browse" aria-pressed={tool} title="Co-browse" onClick={() => setTool(!tool)}><Glyph name="cobrowse" /></button>
        <button class="icon" aria-label="Knowledge" title="Knowledge" disabled><Glyph name="book" /></button>
        <button class="icon" aria-label="Scripts" title="Scripts" disabled><Glyph name="list" /></button>
      </nav>
    </div>
  );
}

function TopBar({ workspace }: { workspace: Workspace }) {
  const { agent } = workspace.desk;
  return (
    <header class="top">
      <Glyph name="waffle" />
      <strong>Contact Center workspace</strong>
      <span class="environment">Stand-in desk</span>
      <span class="me"><span class="presence" />{agent.name}<Face name={agent.name} /></span>
    </header>
  );
}

function Sessions({ workspace }: { workspace: Workspace }) {
  return (
    <nav class="sessions" aria-label="Conversations">
      <h2>My conversations</h2>
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
  if (c.channel === 'voice') return 'On a call';
  const last = chat?.at(-1);
  return last ? last.text : c.subject;
}

function Control(p: { workspace: Workspace; conversation: Conversation; cobrowse: () => void }) {
  const { conversation: c } = p;
  return (
    <section class="control" aria-label="Conversation">
      <header>
        <Face name={c.customerName} badge={c.channel === 'chat' ? 'chat' : 'phone'} />
        <div class="who"><strong>{c.customerName}</strong><span>{c.channel === 'chat' ? 'Live chat' : 'Voice call'} · {c.queue}</span></div>
        {c.channel === 'chat' && <button class="icon" aria-label="Start co-browse" title="Co-browse" onClick={p.cobrowse}><Glyph name="cobrowse" /></button>}
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
    <div class="transcript" role="log" aria-label="Transcript" tabIndex={0}>
      {lines.map((m, i) => (
        <div key={i} class={`line ${m.from}`}>
          {m.from !== 'system' && <span class="by">{m.name} · {clock(m.at)}</span>}
          <p>{withLinks(m.text)}</p>
        </div>
      ))}
      {lines.length === 0 && <p class="nothing">Nothing is written here yet.</p>}
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
      <input aria-label="Message" placeholder="Type a message" value={draft} onInput={(e) => workspace.draft(id, e.currentTarget.value)} />
      <button class="icon" aria-label="Send"><Glyph name="send" /></button>
    </form>
  );
}

function CallBar({ unrecorded }: { unrecorded: boolean }) {
  return (
    <div class="callbar">
      <p class={unrecorded ? 'recording paused' : 'recording'} role="status">{unrecorded ? 'Recording paused' : 'Recording'}</p>
      {([['mic', 'Mute'], ['pause', 'Hold'], ['keypad', 'Keypad'], ['phone', 'End']] as [GlyphName, string][]).map(([glyph, label]) => (
        <button key={label} class={label === 'End' ? 'icon end' : 'icon'} disabled aria-label={label} title={`${label} (not part of the stand-in)`}><Glyph name={glyph} /></button>
      ))}
    </div>
  );
}

function CaseForm({ conversation: c }: { conversation: Conversation }) {
  return (
    <section class="case" aria-label="Case">
      <p class="kind">{c.caseId ? `Case · ${c.ticketNumber}` : 'Case'}</p>
      <h1>{c.caseTitle || 'No case linked yet'}</h1>
      <dl>
        <dt>Customer</dt><dd>{c.customerName}</dd>
        <dt>Email</dt><dd>{c.email || '—'}</dd>
        <dt>Phone</dt><dd>{c.phone || '—'}</dd>
        <dt>Language</dt><dd>{c.locale || '—'}</dd>
        <dt>Origin</dt><dd>{c.channel === 'chat' ? 'Chat' : 'Phone'}</dd>
        <dt>Subject</dt><dd>{c.subject || '—'}</dd>
      </dl>
      {c.caseId && <a class="timeline-link" href={`/timeline/${encodeURIComponent(c.caseId)}`} target="_blank" rel="noopener"><Glyph name="list" /> Open the timeline as supervisor</a>}
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
  return new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
