import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { maxTitle, type Case } from '../desk-host/contract';
import { Icon } from '../ui/icon';
import type { Controller } from './controller';
import { Message } from './parts';
import { known, useTexts } from './texts';

type Mode = 'closed' | 'choose' | 'create';

/** Lets the agent give a conversation its case. Nothing waits for it: what was written before goes to the case when it is known. */
export function CaseChoice({ controller: c }: { controller: Controller }) {
  const t = useTexts();
  const [mode, setMode] = useState<Mode>('closed');
  const [failed, setFailed] = useState('');
  if (!c.lacksCase) return null;
  const take = async (link: Parameters<Controller['takeCase']>[0]): Promise<void> => setFailed(await c.takeCase(link));
  const turn = (to: Mode): void => {
    setFailed('');
    setMode(mode === to ? 'closed' : to);
  };
  return (
    <section class="case-choice" aria-label={t('case.none')}>
      <header>
        <button id="case-choose" class="link" aria-expanded={mode === 'choose'} onClick={() => turn('choose')}>{t('case.choose')}</button>
        <button id="case-create" class="link" aria-expanded={mode === 'create'} onClick={() => turn('create')}>{t('case.create')}</button>
      </header>
      {mode === 'choose' && <Choose controller={c} take={(one) => void take((desk) => desk.linkCase(one.id))} />}
      {mode === 'create' && <Create busy={c.busy !== ''} create={(title) => void take((desk) => desk.createCase(title))} />}
      {failed && <Message intent="error">{t(known('error', failed, 'error.unavailable'))}</Message>}
    </section>
  );
}

/** A field that is there because the agent asked for it has the focus. */
function useFocus(): RefObject<HTMLInputElement | null> {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  return field;
}

function Choose({ controller: c, take }: { controller: Controller; take: (one: Case) => void }) {
  const t = useTexts();
  const field = useFocus();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  const [cases, setCases] = useState<Case[] | 'asking' | 'failed'>('asking');
  useEffect(() => {
    let stale = false; // an answer to what was asked before
    setCases('asking');
    void c.desk?.findCases(asked).then((found) => { if (!stale) setCases(found ?? 'failed'); });
    return () => { stale = true; };
  }, [asked]);
  return (
    <>
      <form onSubmit={(e) => { e.preventDefault(); setAsked(text.trim()); }}>
        <input id="case-search" class="field" ref={field} type="search" maxLength={maxTitle} aria-label={t('case.search')} placeholder={t('case.search')} value={text}
          onInput={(e) => setText(e.currentTarget.value)} />
        <button class="quiet" aria-label={t('case.find')} title={t('case.find')}><Icon name="search" /></button>
      </form>
      {Array.isArray(cases) && cases.length > 0
        ? (
          <ul>
            {cases.map((one) => (
              <li key={one.id}><button disabled={c.busy !== ''} onClick={() => take(one)}><span>{one.title || one.number}</span><small>{one.number}</small></button></li>
            ))}
          </ul>
        )
        : <p class="hint" role="status">{t(cases === 'asking' ? 'case.searching' : cases === 'failed' ? 'case.notFound' : asked ? 'case.nothing' : 'case.nothingOfCustomer')}</p>}
    </>
  );
}

function Create({ busy, create }: { busy: boolean; create: (title: string) => void }) {
  const t = useTexts();
  const field = useFocus();
  const [title, setTitle] = useState('');
  const submit = (e: Event): void => {
    e.preventDefault();
    if (title.trim()) create(title.trim());
    else field.current?.focus();
  };
  return (
    <form onSubmit={submit}>
      <input id="case-title-new" class="field" ref={field} maxLength={maxTitle} aria-label={t('case.title')} placeholder={t('case.title')} value={title}
        onInput={(e) => setTitle(e.currentTarget.value)} />
      <fluent-button id="case-make" disabled={busy} onClick={submit}>{t('case.make')}</fluent-button>
    </form>
  );
}
