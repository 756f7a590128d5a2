import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { language } from '../../i18n';
import { Glyph, type GlyphName } from '../desk/glyph';
import { ask, Refused, type Person } from '../desk/workspace';
import { catalogues, type Key } from '../texts';
import { ages, byDay, everything, facets, fileSize, isFiltered, kindOf, said, shown, statusOf, toggled, values, type Entry, type Facet, type Wanted } from './filter';

interface Case { id: string; title: string; ticketNumber: string; status: string; customerName: string; owner: string; created: string }
interface Timeline { case: Case; entries: Entry[]; supervisor: Person }

const { t, tag } = language(catalogues, navigator.languages);
document.documentElement.lang = tag;

/** Asked again this often: what a session leaves behind is written after its end. */
const refreshEvery = 3_000;

/** Records that are shown before "Load more", as a timeline has it by default. */
const pageLength = 10;

const root = document.getElementById('timeline');
if (root) render(<Page id={decodeURIComponent(location.pathname.split('/').pop() ?? '')} />, root);

function Page({ id }: { id: string }) {
  const [timeline, setTimeline] = useState<Timeline>();
  const [problem, setProblem] = useState<'problem.gone' | 'problem.away'>();
  const load = (): Promise<void> => ask<Timeline>(`/api/timeline/${encodeURIComponent(id)}`).then(
    (read) => { setTimeline(read); setProblem(undefined); },
    (e: unknown) => setProblem(e instanceof Refused && e.status === 404 ? 'problem.gone' : 'problem.away'),
  );
  useEffect(() => {
    void load();
    const timer = setInterval(() => void load(), refreshEvery);
    return () => clearInterval(timer);
  }, [id]);
  useEffect(() => {
    if (timeline) document.title = t('title', { case: timeline.case.title });
  }, [timeline?.case.title]);
  return (
    <>
      <header class="top">
        <Glyph name="waffle" /><strong>{t('hub')}</strong><span class="environment">{t('standin')}</span>
        {timeline && <span class="me">{t('supervisor', { name: timeline.supervisor.name })}</span>}
      </header>
      {problem && <p class="problem" role="alert">{t(problem)} {problem === 'problem.away' && <button onClick={() => void load()}>{t('retry')}</button>}</p>}
      {!timeline && !problem && <p class="nothing" role="status">{t('loading')}</p>}
      {timeline && <CaseHead of={timeline.case} />}
      {timeline && <Entries all={timeline.entries} />}
    </>
  );
}

function CaseHead({ of: c }: { of: Case }) {
  return (
    <section class="head" aria-label={t('case')}>
      <p class="kind">{t('case.number', { number: c.ticketNumber })}</p>
      <h1>{c.title}</h1>
      <dl>
        <div><dt>{t('case.customer')}</dt><dd>{c.customerName}</dd></div>
        <div><dt>{t('case.status')}</dt><dd>{t(`state.${c.status}` as Key)}</dd></div>
        {c.owner && <div><dt>{t('case.owner')}</dt><dd>{c.owner}</dd></div>}
        {Date.parse(c.created) > 0 && <div><dt>{t('case.created')}</dt><dd>{when(c.created)}</dd></div>}
      </dl>
    </section>
  );
}

function Entries({ all }: { all: Entry[] }) {
  const [wanted, setWanted] = useState(everything);
  const [filtering, setFiltering] = useState(false);
  const [folded, setFolded] = useState<string[]>([]);
  const [room, setRoom] = useState(pageLength);
  const entries = shown(all, wanted, Date.now(), t);
  const open = entries.some((e) => !folded.includes(e.id));
  const sort = t(wanted.oldestFirst ? 'newestFirst' : 'oldestFirst');
  const fold = t(open ? 'fold' : 'unfold');
  return (
    <main class="timeline">
      <div class="bar">
        <h2>{t('timeline')}</h2>
        <button aria-label={t('filter')} title={t('filter')} aria-expanded={filtering} class={isFiltered(wanted) ? 'set' : ''} onClick={() => setFiltering(!filtering)}><Glyph name="filter" /></button>
        <button aria-label={sort} title={sort}
          onClick={() => setWanted({ ...wanted, oldestFirst: !wanted.oldestFirst })}><Glyph name={wanted.oldestFirst ? 'up' : 'down'} /></button>
        <button aria-label={fold} title={fold}
          onClick={() => setFolded(open ? all.map((e) => e.id) : [])}><Glyph name={open ? 'fold' : 'unfold'} /></button>
      </div>
      <input type="search" aria-label={t('search')} placeholder={t('search')} value={wanted.words} onInput={(e) => setWanted({ ...wanted, words: e.currentTarget.value })} />
      {filtering && <FilterPane all={all} wanted={wanted} onChange={setWanted} />}
      <p class="count" role="status">{count(entries.length, all.length)}</p>
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
      {entries.length > room && <button class="more" onClick={() => setRoom(room + pageLength)}>{t('more')}</button>}
      {entries.length === 0 && <p class="nothing">{t(all.length === 0 ? 'empty' : 'none')}</p>}
    </main>
  );
}

function count(some: number, all: number): string {
  if (some !== all) return t('recordsOf', { some, all });
  return all === 1 ? t('record') : t('records', { all });
}

/** The values of a facet that occur, as people read them. */
function choices(all: Entry[], facet: Facet): { value: string; words: string; count: number }[] {
  return values(all, facet).map(([value, n]) => ({ value, words: said(facet, value, t), count: n })).sort((a, b) => a.words.localeCompare(b.words, tag));
}

/** Facets with the values that occur, as the filter pane of a model-driven app has them. */
function FilterPane({ all, wanted, onChange }: { all: Entry[]; wanted: Wanted; onChange: (w: Wanted) => void }) {
  return (
    <div class="filters" role="region" aria-label={t('filters')}>
      {facets.map((facet) => [facet, choices(all, facet)] as const).filter(([, list]) => list.length > 0).map(([facet, list]) => (
        <fieldset key={facet}>
          <legend>{t(`facet.${facet}`)}</legend>
          {list.map(({ value, words, count }) => (
            <label key={value}>
              <input type="checkbox" checked={wanted.chosen[facet]?.includes(value) ?? false} onChange={() => onChange(toggled(wanted, facet, value))} />
              {words} <span>({count})</span>
            </label>
          ))}
        </fieldset>
      ))}
      <fieldset>
        <legend>{t('facet.age')}</legend>
        {ages.map(([hours, key]) => (
          <label key={hours}>
            <input type="checkbox" checked={wanted.hours === hours} onChange={() => onChange({ ...wanted, hours: wanted.hours === hours ? 0 : hours })} />
            {t(key)}
          </label>
        ))}
      </fieldset>
      <button disabled={!isFiltered(wanted)} onClick={() => onChange({ ...wanted, chosen: {}, hours: 0 })}>{t('clear')}</button>
    </div>
  );
}

function EntryCard({ entry: e, open, onFold }: { entry: Entry; open: boolean; onFold: (fold: boolean) => void }) {
  return (
    <li class={`entry ${e.kind}`} data-kind={e.kind} data-activity={e.activity}>
      <span class="mark"><Glyph name={glyphs[kindOf(e)]} /></span>
      <details open={open} onToggle={(event) => { if (event.currentTarget.open !== open) onFold(open); }}>
        <summary>
          <span class="title">{e.subject}</span>
          <span class="by">{t('by', { what: t(`kind.${kindOf(e)}`), author: said('author', e.author, t) })}</span>
          {e.status && <span class={`status ${e.status.toLowerCase()}`}>{t(`reason.${statusOf(e)}` as Key)}</span>}
          <time dateTime={e.at}>{when(e.at)}</time>
        </summary>
        {e.fields && <dl>{e.fields.map((f) => <div key={f.label}><dt>{t(`field.${f.label}`)}</dt><dd>{f.value}</dd></div>)}</dl>}
        {/* The server rebuilds a note from harmless elements before it comes here. */}
        {e.html && <div class="text" dangerouslySetInnerHTML={{ __html: e.html }} />}
        {(e.link || e.file) && (
          <footer>
            {e.link && <a class="play" href={e.link} target="_blank" rel="noopener"><Glyph name="play" />{t('play')}</a>}
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

const glyphs: Record<ReturnType<typeof kindOf>, GlyphName> = { note: 'note', phonecall: 'phone', task: 'task', session: 'cobrowse' };

function dayOf(day: string): string {
  const today = new Date();
  if (day === today.toDateString()) return t('today');
  today.setDate(today.getDate() - 1);
  return day === today.toDateString() ? t('yesterday') : new Date(day).toLocaleDateString(tag, { dateStyle: 'full' });
}

function when(at: string): string {
  return new Date(at).toLocaleString(tag, { dateStyle: 'medium', timeStyle: 'short' });
}
