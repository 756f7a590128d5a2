import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Glyph, type GlyphName } from '../desk/glyph';
import { ask, type Person } from '../desk/workspace';
import { fileSize, shown, type Entry, type Filter } from './filter';

interface Case { id: string; title: string; ticketNumber: string; status: string; customerName: string; created: string }
interface Timeline { case: Case; entries: Entry[]; supervisor: Person }

/** Asked again this often: what a session leaves behind is written after its end. */
const refreshEvery = 3_000;

const filters: [Filter, string][] = [['all', 'All'], ['activity', 'Activities'], ['note', 'Notes'], ['file', 'With files']];

const root = document.getElementById('timeline');
if (root) render(<Page id={decodeURIComponent(location.pathname.split('/').pop() ?? '')} />, root);

function Page({ id }: { id: string }) {
  const [timeline, setTimeline] = useState<Timeline>();
  const [problem, setProblem] = useState('');
  const load = (): Promise<void> => ask<Timeline>(`/api/timeline/${encodeURIComponent(id)}`).then(
    (t) => { setTimeline(t); setProblem(''); },
    (e: unknown) => setProblem(e instanceof Error ? e.message : String(e)),
  );
  useEffect(() => {
    void load();
    const timer = setInterval(() => void load(), refreshEvery);
    return () => clearInterval(timer);
  }, [id]);
  useEffect(() => {
    if (timeline) document.title = `${timeline.case.title} – timeline`;
  }, [timeline?.case.title]);
  return (
    <>
      <header class="top">
        <Glyph name="waffle" /><strong>Customer Service Hub</strong><span class="environment">Stand-in desk</span>
        {timeline && <span class="me">{timeline.supervisor.name} · Supervisor</span>}
      </header>
      {problem && <p class="problem" role="alert">{problem}</p>}
      {timeline && <CaseHead of={timeline.case} />}
      {timeline && <Entries all={timeline.entries} />}
    </>
  );
}

function CaseHead({ of: c }: { of: Case }) {
  return (
    <section class="head" aria-label="Case">
      <p class="kind">Case · {c.ticketNumber}</p>
      <h1>{c.title}</h1>
      <dl>
        <div><dt>Customer</dt><dd>{c.customerName}</dd></div>
        <div><dt>Status</dt><dd>{c.status || 'In progress'}</dd></div>
        {Date.parse(c.created) > 0 && <div><dt>Created</dt><dd>{when(c.created)}</dd></div>}
      </dl>
    </section>
  );
}

function Entries({ all }: { all: Entry[] }) {
  const [filter, setFilter] = useState<Filter>('all');
  const [words, setWords] = useState('');
  const entries = shown(all, filter, words);
  return (
    <main class="timeline">
      <div class="filters">
        <h2>Timeline</h2>
        <input type="search" aria-label="Search timeline" placeholder="Search timeline" value={words} onInput={(e) => setWords(e.currentTarget.value)} />
        <div role="group" aria-label="Show">
          {filters.map(([value, label]) => (
            <button key={value} aria-pressed={filter === value} onClick={() => setFilter(value)}>{label}</button>
          ))}
        </div>
      </div>
      <ol aria-label="Entries, newest first">
        {entries.map((e) => <EntryCard key={e.id} entry={e} />)}
      </ol>
      {entries.length === 0 && <p class="nothing">{all.length === 0 ? 'Nothing has happened on this case yet.' : 'Nothing matches.'}</p>}
    </main>
  );
}

function EntryCard({ entry: e }: { entry: Entry }) {
  return (
    <li class={`entry ${e.kind}`} data-kind={e.kind} data-activity={e.activity}>
      <span class="mark"><Glyph name={glyphOf(e)} /></span>
      <article>
        <header>
          <strong>{e.subject}</strong>
          <span>{nameOf(e)} by {e.author || 'the system'}</span>
          <time dateTime={e.at}>{when(e.at)}</time>
          {e.status && <span class="status">{e.status}</span>}
        </header>
        {e.fields && <dl>{e.fields.map((f) => <div key={f.label}><dt>{f.label}</dt><dd>{f.value}</dd></div>)}</dl>}
        {/* The server rebuilds a note from harmless elements before it comes here. */}
        {e.html && <div class="text" dangerouslySetInnerHTML={{ __html: e.html }} />}
        {(e.link || e.file) && (
          <footer>
            {e.link && <a class="play" href={e.link} target="_blank" rel="noopener"><Glyph name="play" />Play the recording</a>}
            {e.file && (
              <a class="file" href={`/api/files/${encodeURIComponent(e.file.id)}`} download={e.file.name}>
                <Glyph name="download" />{e.file.name} <span>{fileSize(e.file.size)}</span>
              </a>
            )}
          </footer>
        )}
      </article>
    </li>
  );
}

function glyphOf(e: Entry): GlyphName {
  if (e.kind === 'note') return 'note';
  if (e.activity === 'phonecall') return 'phone';
  if (e.activity === 'task') return 'task';
  return 'screen';
}

function nameOf(e: Entry): string {
  if (e.kind === 'note') return 'Note';
  if (e.activity === 'phonecall') return 'Phone call';
  if (e.activity === 'task') return 'Task';
  return 'Co-browse session';
}

function when(at: string): string {
  return new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}
