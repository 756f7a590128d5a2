import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../ui/icon';
import type { AgentSession } from './session';
import { useTexts } from './texts';

const step = 12;
const bigStep = 60;

/** Lies over the picture while the agent points at what is to be hidden from them. Mouse, finger or arrow keys; Escape leaves. */
export function Picker({ session, done }: { session: AgentSession; done: () => void }) {
  const t = useTexts();
  const area = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  useLayoutEffect(() => { // the next key is the cross's
    const box = area.current;
    if (!box) return;
    setAt({ x: box.clientWidth / 2, y: box.clientHeight / 2 });
    box.focus();
  }, []);
  const pick = (x: number, y: number): void => {
    const box = area.current?.getBoundingClientRect();
    if (box) session.suggest(box.left + x, box.top + y);
    done();
  };
  const follow = (e: PointerEvent): void => {
    const box = area.current?.getBoundingClientRect();
    if (box) setAt({ x: e.clientX - box.left, y: e.clientY - box.top });
  };
  const key = (e: KeyboardEvent): void => {
    const far = e.shiftKey ? bigStep : step;
    const move = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] }[e.key];
    const box = area.current;
    if (e.key === 'Escape') done();
    else if ((e.key === 'Enter' || e.key === ' ') && at) pick(at.x, at.y);
    else if (move && at && box) setAt({ x: clamp(at.x + (move[0] ?? 0), box.clientWidth), y: clamp(at.y + (move[1] ?? 0), box.clientHeight) });
    else return;
    e.preventDefault();
  };
  return (
    <>
      <div ref={area} class="picker" role="application" tabIndex={0} aria-label={t('suggest.how')} onKeyDown={key} onPointerMove={follow}
        onClick={(e) => { const box = e.currentTarget.getBoundingClientRect(); pick(e.clientX - box.left, e.clientY - box.top); }}>
        {at && <span class="cross" aria-hidden="true" style={{ transform: `translate(${at.x}px, ${at.y}px)` }} />}
      </div>
      <div class="picker-says">
        <Icon name="eyeOff" /><span>{t('suggest.point')}</span>
        <button id="suggest-cancel" class="quiet" aria-label={t('suggest.cancel')} title={t('suggest.cancel')} onClick={done}><Icon name="close" /></button>
      </div>
    </>
  );
}

function clamp(value: number, size: number): number {
  return Math.min(Math.max(0, value), Math.max(0, size - 1));
}
