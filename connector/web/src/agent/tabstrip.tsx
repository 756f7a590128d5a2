import type { Tab } from '../live';
import { Icon } from '../ui/icon';
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
  return (
    <div class="tabs">
      <ul aria-label={t('live.tabs')}>
        {model.tabs.map((tab) => (
          <li key={tab.id} class={tab.id === model.shown ? 'tab shown' : 'tab'}>
            <button class="pick" aria-current={tab.id === model.shown ? 'page' : undefined} title={title(tab)}
              disabled={!allowed && tab.id !== model.shown} onClick={() => show(tab.id)}>
              {tab.loading ? <span class="loading" role="img" aria-label={t('live.tabLoading')} /> : <Icon name={tab.private ? 'eyeOff' : 'globe'} />}
              <span>{title(tab)}</span>
            </button>
            {allowed && model.tabs.length > 1 && (
              <button class="quiet" aria-label={t('live.closeTab', { title: title(tab) })} onClick={() => session.send({ type: 'tab', op: 'close', tab: tab.id })}><Icon name="close" /></button>
            )}
          </li>
        ))}
      </ul>
      {allowed && <button id="new-tab" class="quiet" aria-label={t('live.newTab')} title={t('live.newTab')} onClick={() => session.send({ type: 'tab', op: 'open' })}><Icon name="add" /></button>}
    </div>
  );
}
