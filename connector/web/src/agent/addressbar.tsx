import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { addressOf } from '../live';
import { Icon } from '../ui/icon';
import { may } from './model';
import type { AgentSession } from './session';
import { useTexts } from './texts';

export function AddressBar({ session }: { session: AgentSession }) {
  const t = useTexts();
  const { model } = session;
  const tab = model.tabs.find((other) => other.id === model.shown);
  const allowed = may(model, 'navigate') && tab !== undefined && model.state === 'live';
  const [typed, setTyped] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  // What somebody is typing stays: they begin before the tab that they opened is there, and a page may go on to another address meanwhile.
  useLayoutEffect(() => { if (document.activeElement !== field.current) setTyped(null); }, [tab?.id, tab?.url]);
  const history = (delta: -1 | 0 | 1): void => { session.send({ type: 'history', tab: model.shown, delta }); };
  const go = (e: Event): void => {
    e.preventDefault();
    const url = addressOf(typed ?? '');
    if (!url) return;
    session.newTab.navigate(model.shown, url);
    setTyped(null);
    session.focusPage();
  };
  return (
    <form class="address" onSubmit={go}>
      <button type="button" id="back" class="quiet" aria-label={t('live.back')} title={t('live.back')} disabled={!allowed || !tab.canBack} onClick={() => history(-1)}><Icon name="back" /></button>
      <button type="button" id="forward" class="quiet" aria-label={t('live.forward')} title={t('live.forward')} disabled={!allowed || !tab.canForward} onClick={() => history(1)}><Icon name="forward" /></button>
      <button type="button" id="reload" class="quiet" aria-label={t('live.reload')} title={t('live.reload')} disabled={!allowed} onClick={() => history(0)}><Icon name="reload" /></button>
      <input id="address" class="field" ref={field} aria-label={t('live.address')} spellcheck={false} autocomplete="off" readOnly={!allowed}
        placeholder={t(tab?.private ? 'live.addressPrivate' : 'live.addressHint')}
        value={typed ?? (tab?.private ? '' : tab?.url ?? '')}
        onInput={(e) => setTyped(e.currentTarget.value)} onFocus={(e) => e.currentTarget.select()}
        onKeyDown={(e) => { if (e.key === 'Escape') setTyped(null); }} />
    </form>
  );
}
