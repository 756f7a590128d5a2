import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Tab } from '../live';
import { Icon } from '../ui/icon';
import { reorderable } from '../ui/reorder';
import { may } from './model';
import type { AgentSession } from './session';
import { useTexts } from './texts';

/** The shared tabs. Everybody sees the same one; who may switch them, switches for both. */
export function TabStrip({ session }: { session: AgentSession }) {
  const t = useTexts();
  const { model } = session;
  const allowed = may(model, 'tabs');
  const title = (tab: Tab): string => (tab.private ? t('live.tabPrivate') : tab.title || tab.url || t('live.tabLoading'));
  const show = (tab: string): void => { session.send({ type: 'tab', op: 'show', tab }); };
  const list = useRef<HTMLUListElement>(null);
  const [moved, setMoved] = useState('');
  const move = (id: string, to: number): void => {
    const tab = session.model.tabs.find((other) => other.id === id);
    if (!tab || !session.send({ type: 'tab', op: 'move', tab: id, to })) return;
    setMoved(t('live.tabMoved', { title: title(tab), place: to + 1, count: session.model.tabs.length }));
  };
  const mover = useRef(move);
  mover.current = move;
  useLayoutEffect(() => {
    if (list.current && allowed) reorderable(list.current, '.pick', (id, to) => mover.current(id, to));
  }, [allowed]);
  useLayoutEffect(() => list.current?.querySelector('.shown')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [model.shown, model.tabs.length]);
  const open = (): void => {
    session.newTab.open();
    document.getElementById('address')?.focus();
  };
  return (
    <div class="tabs">
      <ul aria-label={t('live.tabs')} ref={list}>
        {model.tabs.map((tab, i) => (
          <li key={tab.id} data-tab={tab.id} class={tab.id === model.shown ? 'tab shown' : 'tab'}>
            {allowed && i > 0 && tab.id === model.shown && (
              <button class="quiet to-left" aria-label={t('live.moveTab', { title: title(tab) })} title={t('live.moveTab', { title: title(tab) })} onClick={() => move(tab.id, i - 1)}><Icon name="back" /></button>
            )}
            <button class="pick" aria-current={tab.id === model.shown ? 'page' : undefined} title={title(tab)}
              aria-keyshortcuts="Control+Shift+ArrowLeft Control+Shift+ArrowRight" disabled={!allowed && tab.id !== model.shown} onClick={() => show(tab.id)}>
              {tab.loading ? <span class="loading" role="img" aria-label={t('live.tabLoading')} /> : tab.icon && !tab.private ? <img class="icon" src={tab.icon} alt="" /> : <Icon name={tab.private ? 'eyeOff' : 'globe'} />}
              <span>{title(tab)}</span>
            </button>
            {allowed && model.tabs.length > 1 && (
              <button class="quiet" aria-label={t('live.closeTab', { title: title(tab) })} onClick={() => session.send({ type: 'tab', op: 'close', tab: tab.id })}><Icon name="close" /></button>
            )}
          </li>
        ))}
      </ul>
      {allowed && <button id="new-tab" class="quiet" aria-label={t('live.newTab')} title={t('live.newTab')} onClick={open}><Icon name="add" /></button>}
      <span class="hidden" role="status">{moved}</span>
    </div>
  );
}
