import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import { describe, type T } from './text';
import { clock, listed, type Group, type Track } from './timeline';

const filters: ('all' | Group)[] = ['all', 'pages', 'actions', 'refusals', 'people'];

/** The events to jump to; the one that the video has reached is marked and kept in view. */
export function Events({ t, track, at, jump }: { t: T; track: Track; at: number; jump: (ms: number) => void }) {
  const [filter, setFilter] = useState<'all' | Group>('all');
  const lines = useMemo(() => listed(track), [track]);
  const shown = lines.filter((l) => filter === 'all' || l.group === filter);
  const current = shown.findLastIndex((l) => l.event.at <= at + 50);
  const list = useRef<HTMLOListElement>(null);

  useEffect(() => {
    const item = list.current?.children[current] as HTMLElement | undefined;
    if (!item || !list.current) return;
    const { offsetTop, offsetHeight } = item;
    const { scrollTop, clientHeight } = list.current;
    if (offsetTop < scrollTop || offsetTop + offsetHeight > scrollTop + clientHeight) list.current.scrollTop = offsetTop - clientHeight / 2;
  }, [current]);

  return (
    <section class="events" aria-labelledby="events-heading">
      <h2 id="events-heading">{t('events')}</h2>
      <div class="filters" role="group" aria-labelledby="events-heading">
        {filters.map((f) => (
          <button type="button" key={f} aria-pressed={filter === f} onClick={() => setFilter(f)}>
            {t(`filter.${f}`)} <span class="count">{f === 'all' ? lines.length : lines.filter((l) => l.group === f).length}</span>
          </button>
        ))}
      </div>
      {shown.length === 0 && <p class="none">{t('eventsNone')}</p>}
      <ol ref={list}>
        {shown.map((l, i) => (
          <li key={`${l.event.at}/${i}`}>
            <button type="button" class={`event ${l.group}`} aria-current={i === current ? 'true' : undefined} onClick={() => jump(l.event.at)}>
              <span class="at" aria-label={t('jump', { time: clock(l.event.at) })}>{clock(l.event.at)}</span>
              <span class="what">{describe(t, l.event)}{l.count > 1 && <small> · {t('times', { count: l.count })}</small>}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
