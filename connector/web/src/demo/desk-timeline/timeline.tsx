import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Glyph, type GlyphName } from '../desk/glyph';
import { ask, type Person } from '../desk/workspace';
import { ages, byDay, everything, facets, fileSize, isFiltered, nameOf, shown, toggled, values, type Entry, type Wanted } from './filter';

interface Case { id: string; title: string; ticketNumber: string; status: string; customerName: string; owner: string; created: string }
interface Timeline { case: Case; entries: Entry[]; supervisor: Person }

/** Asked again this often: what a session leaves behind is written after its end. */
const refreshEvery = 3_000;

/** Records that are shown before "Load more", as a timeline has it by default. */
const pageLength = 10;

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
      {problem && <p class="problem" role="alert">{problem} <button onClick={() => void load()}>Try again</button></p>}
      {!timeline && !problem && <p class="nothing" role="status">Loading the timeline…</p>}
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
        {c.owner && <div><dt>Owner</dt><dd>{c.owner}</dd></div>}
        {Date.parse(c.created) > 0 && <div><dt>Created</dt><dd>{when(c.created)}</dd></div>}
      </dl>
    </section>
  );
}

function Entries({ all }: { all: Entry[] }) {
  const [wanted, setWanted] = useState(everything);
  const [filtering, setFiltering] = useState(false);
  const [folded, setFolded] = useState<string[]>([]);
  const [room, setRoom] = useState(pageLength);
  const entries = shown(all, wanted, Date.now());
  const open = entries.some((e) => !folded.includes(e.id));
  return (
    <main class="timeline">
      <div class="bar">
        <h2>Timeline</h2>
        <button aria-label="Filter" title="Filter" aria-expanded={filtering} class={isFiltered(wanted) ? 'set' : ''} onClick={() => setFiltering(!filtering)}><Glyph name="filter" /></button>
        <button aria-label={wanted.oldestFirst ? 'Sort newer to older' : 'Sort older to newer'} title={wanted.oldestFirst ? 'Sort newer to older' : 'Sort older to newer'}
          onClick={() => setWanted({ ...wanted, oldestFirst: !wanted.oldestFirst })}><Glyph name={wanted.oldestFirst ? 'up' : 'down'} /></button>
        <button aria-label={open ? 'Collapse all records' : 'Expand all records'} title={open ? 'Collapse all records' : 'Expand all records'}
          onClick={() => setFolded(open ? all.map((e) => e.id) : [])}><Glyph name={open ? 'fold' : 'unfold'} /></button>
      </div>
      <input type="search" aria-label="Search timeline" placeholder="Search timeline" value={wanted.words} onInput={(e) => setWanted({ ...wanted, words: e.currentTarget.value })} />
      {filtering && <FilterPane all={all} wanted={wanted} onChange={setWanted} />}
      <p class="count" role="status">{entries.length === all.length ? '' : `${entries.length} of `}{all.length === 1 ? '1 record' : `${all.length} records`}</p>
      {byDay(entries.slice(0, room)).map(([day, list]) => (
        <section key={day} aria-label={dayOf(day)}>
          <h3>{dayOf(day)}</h3>
          <ol>
            {list.map((e) => (
              <EntryCard key={e.id} entry={e} open={!folded.includes(e.id)}
                onFold={(fold) => setFolded((before) => fold ? [...before, e.id] : before.filter((id) => id !== e.id))} />
            ))}
          </ol>
        </section>
      ))}
      {entries.length > room && <button class="more" onClick={() => setRoom(room + pageLength)}>Load more</button>}
      {entries.length === 0 && <p class="nothing">{all.length === 0 ? 'Nothing has happened on this case yet.' : 'No records match.'}</p>}
    </main>
  );
}

/** Facets with the values that occur, as the filter pane of a model-driven app has them. */
function FilterPane({ all, wanted, onChange }: { all: Entry[]; wanted: Wanted; onChange: (w: Wanted) => void }) {
  return (
    <div class="filters" role="region" aria-label="Filters">
      {facets.map((facet) => [facet, values(all, facet)] as const).filter(([, list]) => list.length > 0).map(([facet, list]) => (
        <fieldset key={facet}>
          <legend>{facet}</legend>
          {list.map(([value, count]) => (
            <label key={value}>
              <input type="checkbox" checked={wanted.chosen[facet]?.includes(value) ?? false} onChange={() => onChange(toggled(wanted, facet, value))} />
              {value} <span>({count})</span>
            </label>
          ))}
        </fieldset>
      ))}
      <fieldset>
        <legend>Modified date</legend>
        {ages.map(([hours, label]) => (
          <label key={hours}>
            <input type="checkbox" checked={wanted.hours === hours} onChange={() => onChange({ ...wanted, hours: wanted.hours === hours ? 0 : hours })} />
            {label}
          </label>
        ))}
      </fieldset>
      <button disabled={!isFiltered(wanted)} onClick={() => onChange({ ...wanted, chosen: {}, hours: 0 })}>Clear all filters</button>
    </div>
  );
}

function EntryCard({ entry: e, open, onFold }: { entry: Entry; open: boolean; onFold: (fold: boolean) => void }) {
  return (
    <li class={`entry ${e.kind}`} data-kind={e.kind} data-activity={e.activity}>
      <span class="mark"><Glyph name={glyphOf(e)} /></span>
      <details open={open} onToggle={(event) => { if (event.currentTarget.open !== open) onFold(open); }}>
        <summary>
          <span class="title">{e.subject}</span>
          <span class="by">{nameOf(e)} by {e.author || 'the system'}</span>
          {e.status && <span class={`status ${e.status.toLowerCase()}`}>{statusOf(e)}</span>}
          <time dateTime={e.at}>{when(e.at)}</time>
        </summary>
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
      </details>
    </li>
  );
}

function glyphOf(e: Entry): GlyphName {
  if (e.kind === 'note') return 'note';
  if (e.activity === 'phonecall') return 'phone';
  if (e.activity === 'task') return 'task';
  return 'cobrowse';
}

/** A session that is open is going on; other activities wait for somebody. */
function statusOf(e: Entry): string | undefined {
  return e.status === 'Open' && nameOf(e) === 'Co-browse session' ? 'In progress' : e.status;
}

function dayOf(day: string): string {
  const today = new Date();
  if (day === today.toDateString()) return 'Today';
  today.setDate(today.getDate() - 1);
  return day === today.toDateString() ? 'Yesterday' : new Date(day).toLocaleDateString([], { dateStyle: 'full' });
}

function when(at: string): string {
  return new Date(at).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}
