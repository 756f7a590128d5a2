import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from '../ui/icon';
import { Picker } from './picker';
import { veil, type Toast } from './model';
import type { AgentSession } from './session';
import { known, useTexts, type Key } from './texts';

const veilIcons: Record<string, IconName> = { paused: 'pause', unsupported: 'eyeOff', masks: 'lock', private: 'lock', crashed: 'warning' };
const busyVeils = new Set(['picture', 'loading', 'navigating', 'masks', 'crashed', 'ending']);

/** The shared page with what is said over it: why there is no picture, what the pointer may not press, what just happened. */
interface Props {
  session: AgentSession;
  grow: (() => void) | undefined;
  /** The agent points at what is to be hidden; called when they are done. */
  picked: (() => void) | undefined;
}

export function Stage({ session, grow, picked }: Props) {
  const t = useTexts();
  const place = useRef<HTMLDivElement>(null);
  const { model } = session;
  const why = veil(model);
  useLayoutEffect(() => {
    const container = place.current;
    if (!container) return;
    container.prepend(session.element);
    session.onLeave = () => document.getElementById('end')?.focus();
    return () => session.element.remove();
  }, [session]);
  return (
    <section class="stage" ref={place} aria-label={t('live.stage')}>
      {why === null && !picked && <PointerTag session={session} />}
      {why === null && picked && <Picker session={session} done={picked} />}
      {why === null && grow && <div class="grow-hint"><fluent-button onClick={grow}><span slot="start"><Icon name="expand" /></span>{t('live.growHint')}</fluent-button></div>}
      {why !== null && (
        <div class={`veil ${why}`} role="status" onPointerDown={() => session.missed()}>
          {busyVeils.has(why) ? <fluent-spinner size="small" /> : <span class="sign" aria-hidden="true"><Icon name={veilIcons[why] ?? 'info'} /></span>}
          <p>{t(known('veil', why, 'veil.loading'))}</p>
          {why === 'paused' && <p class="more">{t('veil.pausedWhat')}</p>}
          {why === 'private' && <p class="more">{t('veil.privateWhat')}</p>}
        </div>
      )}
      {session.status.kind === 'retrying' && <div class="lost" role="alert">{t(model.leaving ? 'live.endsLater' : 'live.reconnecting')}</div>}
      <div class="toasts" aria-live="polite">{model.toasts.map((toast) => <ToastLine key={toast.id} toast={toast} dismiss={() => session.dismiss(toast.id)} />)}</div>
    </section>
  );
}

/** One's own name at one's own pointer; says instead what only the customer may press. */
function PointerTag({ session }: { session: AgentSession }) {
  const t = useTexts();
  const tag = useRef<HTMLSpanElement>(null);
  const at = useRef({ x: 0, y: 0 });
  const [inside, setInside] = useState(false);
  const [overHidden, setOverHidden] = useState(false);
  const { blocked } = session.model;
  const says = blocked ? t('live.onlyCustomer') : overHidden ? t('live.hidden') : '';
  const put = (): void => {
    if (tag.current) tag.current.style.transform = beside(at.current, tag.current, session.element);
  };
  useLayoutEffect(put, [says]);
  useLayoutEffect(() => { // with the picture: the mouse that rests on it moves once, and then waits for its tag
    const page = session.element;
    const move = (e: PointerEvent): void => {
      if (e.pointerType === 'touch') return;
      const box = page.getBoundingClientRect();
      at.current = { x: e.clientX - box.left, y: e.clientY - box.top };
      put();
      setInside(true);
      setOverHidden(session.hidesAt(e.clientX, e.clientY));
    };
    const leave = (): void => setInside(false);
    page.addEventListener('pointermove', move);
    page.addEventListener('pointerleave', leave);
    return () => {
      page.removeEventListener('pointermove', move);
      page.removeEventListener('pointerleave', leave);
    };
  }, [session]);
  return (
    <>
      <span ref={tag} class={says ? 'pointer-tag blocked' : 'pointer-tag'} style={{ visibility: inside ? 'visible' : 'hidden' }} aria-hidden="true">
        {says ? <><Icon name="lock" />{says}</> : t('live.you')}
      </span>
      <span id="blocked" class="hidden" role="status">{says}</span>
    </>
  );
}

/** Below and right of the pointer, or where there is room; never past the edge. */
function beside(pointer: { x: number; y: number }, tag: HTMLElement, page: HTMLElement): string {
  const x = Math.max(4, Math.min(pointer.x + 14, page.clientWidth - tag.offsetWidth - 4));
  const above = pointer.y + 20 + tag.offsetHeight > page.clientHeight;
  return `translate(${x}px, ${above ? pointer.y - tag.offsetHeight - 8 : pointer.y + 20}px)`;
}

function ToastLine({ toast, dismiss }: { toast: Toast; dismiss: () => void }) {
  const t = useTexts();
  return (
    <div class={`toast ${toast.kind}`} data-code={toast.code}>
      <Icon name={toast.kind === 'refused' ? 'lock' : toast.kind === 'error' ? 'warning' : 'info'} />
      <span>{toastText(toast, t)}</span>
      <button class="quiet" aria-label={t('dismiss')} onClick={dismiss}><Icon name="close" /></button>
    </div>
  );
}

function toastText(toast: Toast, t: (key: Key, params?: Record<string, string>) => string): string {
  const prefix = toast.kind === 'error' ? 'error' : 'toast';
  if (toast.code === 'mask_suggested') return t(named(toast.params['name']) ? 'toast.mask_suggested' : 'toast.mask_suggestedUnnamed', toast.params);
  if (toast.code === 'download' && !toast.params['name']) return t('toast.downloadUnnamed');
  if (toast.code === 'url_refused' && !toast.params['host']) return t('toast.url_refusedUnnamed');
  if (toast.code === 'page_failed') return t(known('toast.page_failed', toast.params['code'] ?? '', 'toast.page_failed.failed'), toast.params);
  if (toast.code === 'page_wanted') return t(known('toast.page_wanted', toast.params['what'] ?? '', 'toast.page_wanted.other'), toast.params);
  const lost = toast.params['lost']?.split(', ').map((what) => t(known('lost', what, 'lost.other'))).join(', ') ?? '';
  if (toast.code === 'browser_lost' && toast.params['why'] === 'memory') return t('toast.browser_lost.memory', { lost });
  return t(known(prefix, toast.code, 'error.unavailable'), { ...toast.params, lost });
}

/** The service says … for a thing without a name, or with one that is hidden. */
function named(name: string | undefined): boolean {
  return name !== undefined && name !== '' && name !== '…';
}
