import { useEffect, useRef, useState } from 'preact/hooks';

import { renew, type Recording } from './api';
import type { T } from './text';
import { clock, coverAt, cursorsAt, listed, locate, sizeAt, type Cover, type TrackEvent } from './timeline';

const speeds = [0.5, 1, 1.5, 2, 4];
const seekStep = 100; // milliseconds
const arrow = 'M1.5 1.2 L1.5 15.4 L5.3 11.9 L7.8 17.6 L10.4 16.5 L7.9 10.9 L13 10.5 Z';

interface Props {
  t: T; recording: Recording; wanted: { at: number } | undefined; onTime: (ms: number) => void;
  /** The recording cannot be fetched any more. */
  onProblem: (error: unknown) => void;
}

/** The video with the cursors over it, and its controls. */
export function Stage({ t, recording, wanted, onTime, onProblem }: Props) {
  const { parts, track, manifest } = recording;
  const box = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [part, setPart] = useState(0);
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(1);
  const [failed, setFailed] = useState(false);
  const retried = useRef(false);
  const pending = useRef<number | null>(null); // seconds into a part whose video is still loading
  const total = Math.max(manifest.durationMs, parts.at(-1)?.to ?? 0, 1);

  const seek = (ms: number) => {
    const target = locate(parts, Math.max(0, Math.min(ms, total)));
    if (target.index === part && video.current?.readyState) video.current.currentTime = target.seconds;
    else pending.current = target.seconds;
    setPart(target.index);
    show(Math.max(0, Math.min(ms, total)));
  };
  const show = (ms: number) => { setAt(ms); onTime(ms); };
  const toggle = () => {
    if (at >= total - 50) seek(0);
    setPlaying(!playing);
  };

  useEffect(() => { if (wanted) seek(wanted.at); }, [wanted]);
  useEffect(() => {
    const v = video.current;
    if (!v) return;
    v.playbackRate = speed;
    if (playing) v.play().catch(() => setPlaying(false));
    else v.pause();
  }, [playing, part, speed]);
  useEffect(() => {
    // requestAnimationFrame and not timeupdate: cursors would jump four times a second.
    let frame = 0;
    const tick = () => {
      const v = video.current;
      const p = parts[part];
      if (v && p && playing && !v.seeking && v.readyState >= 2) show(Math.min(p.from + v.currentTime * 1000, total));
      frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(frame);
  }, [part, playing]);

  const loaded = () => {
    const v = video.current;
    if (!v) return;
    v.playbackRate = speed;
    if (pending.current !== null) v.currentTime = pending.current;
    pending.current = null;
    retried.current = false;
    if (playing) v.play().catch(() => setPlaying(false));
  };
  /** Most often the permission has run out, or the network has: only a video that fails again right after a renewal cannot be played. */
  const refetch = () => {
    if (retried.current) {
      setFailed(true);
      return;
    }
    retried.current = true;
    pending.current ??= locate(parts, at).seconds;
    renew().then(() => video.current?.load(), onProblem);
  };
  const ended = () => {
    const following = parts[part + 1];
    if (following) seek(following.from);
    else { setPlaying(false); show(total); }
  };
  const keys = (e: KeyboardEvent) => {
    if (e.target instanceof HTMLInputElement || e.target instanceof HTMLSelectElement) return;
    if (e.key === ' ' && !(e.target instanceof HTMLButtonElement)) { e.preventDefault(); toggle(); }
    if (e.key === 'ArrowLeft') seek(at - 5000);
    if (e.key === 'ArrowRight') seek(at + 5000);
  };
  const size = sizeAt(track, at);
  const last = Math.ceil(total / seekStep) * seekStep; // a slider rests on whole steps only
  return (
    <div class="stage" ref={box} onKeyDown={keys} tabIndex={-1}>
      <div class="screen">
        <div class="fit" style={{ aspectRatio: `${size.width} / ${size.height}`, '--ratio': size.width / size.height }}>
          <video ref={video} src={parts[part]?.url} preload="auto" playsInline muted onLoadedData={loaded} onEnded={ended} onError={refetch} onClick={toggle} />
          <Cursors events={cursorsAt(track, at)} width={size.width} height={size.height} />
          <CoverNote t={t} cover={coverAt(track, at)} />
          {failed && <p class="cover" role="alert">{t('videoFailed')}</p>}
        </div>
      </div>
      <Marks track={listed(track).filter((l) => l.group !== 'actions').map((l) => l.event)} total={total} />
      <input class="seek" type="range" min="0" max={last} step={seekStep} value={at === total ? last : at} aria-label={t('seek')}
        aria-valuetext={`${clock(at)} / ${clock(total)}`} style={{ '--done': `${(at / total) * 100}%` }} onInput={(e) => seek(Number(e.currentTarget.value))} />
      <div class="controls">
        <Control label={t('back10')} path="M12 5V1L7 6l5 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z" onClick={() => seek(at - 10_000)} />
        <Control label={t(playing ? 'pause' : 'play')} path={playing ? 'M6 5h4v14H6zM14 5h4v14h-4z' : 'M8 5v14l11-7z'} primary onClick={toggle} />
        <Control label={t('on10')} path="M12 5V1l5 5-5 5V7a6 6 0 1 0 6 6h2a8 8 0 1 1-8-8z" onClick={() => seek(at + 10_000)} />
        <span class="time">{clock(at)} / {clock(total)}</span>
        <label class="speed">{t('speed')} <select value={speed} onChange={(e) => setSpeed(Number(e.currentTarget.value))}>
          {speeds.map((s) => <option key={s} value={s}>{s}×</option>)}
        </select></label>
        <Control label={t('fullscreen')} path="M4 9V4h5v2H6v3zM15 4h5v5h-2V6h-3zM6 15v3h3v2H4v-5zM18 18v-3h2v5h-5v-2z" onClick={() => void box.current?.requestFullscreen()} />
      </div>
    </div>
  );
}

function Control({ label, path, primary, onClick }: { label: string; path: string; primary?: boolean; onClick: () => void }) {
  return (
    <button type="button" class={primary ? 'control primary' : 'control'} aria-label={label} title={label} onClick={onClick}>
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d={path} /></svg>
    </button>
  );
}

function Cursors({ events, width, height }: { events: TrackEvent[]; width: number; height: number }) {
  return (
    <div class="cursors" aria-hidden="true">
      {events.map((e) => (
        <div key={`${e.by}/${e.name}`} class={`cursor ${e.by}`} style={{ left: `${((e.x ?? 0) / width) * 100}%`, top: `${((e.y ?? 0) / height) * 100}%` }}>
          <svg viewBox="0 0 18 20"><path d={arrow} /></svg><span>{e.name}</span>
        </div>
      ))}
    </div>
  );
}

function CoverNote({ t, cover }: { t: T; cover: Cover }) {
  return cover ? <p class={`cover ${cover}`}>{t(cover)}</p> : null;
}

function Marks({ track, total }: { track: TrackEvent[]; total: number }) {
  return (
    <div class="marks" aria-hidden="true">
      {track.map((e, i) => <i key={i} class={e.kind} style={{ left: `${(e.at / total) * 100}%` }} />)}
    </div>
  );
}
