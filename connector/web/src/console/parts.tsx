// Small pieces that several sections use.
import type { ComponentChildren } from 'preact';
import { Icon } from '../ui/icon';
import { nameOf, wellness, type List } from './policy';
import { saying, useTexts, useWhen } from './texts';
import type { Work } from './work';

export function Message({ intent, children }: { intent: 'error' | 'warning' | 'info' | 'success'; children: ComponentChildren }) {
  return (
    <div class={`message ${intent}`} role={intent === 'error' || intent === 'warning' ? 'alert' : 'status'}>
      <Icon name={intent === 'success' ? 'check' : intent === 'info' ? 'info' : 'warning'} /><span>{children}</span>
    </div>
  );
}

export function Heading({ children, what }: { children: ComponentChildren; what: string }) {
  return <div class="heading"><h1>{children}</h1><p>{what}</p></div>;
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

/** A switch with a sentence about what it does. */
export function Toggle({ id, on, label, what, set }: { id: string; on: boolean; label: string; what?: string; set: (on: boolean) => void }) {
  return (
    <div class="toggle">
      <input type="checkbox" id={id} checked={on} aria-describedby={what ? `${id}-what` : undefined} onChange={(e) => set(e.currentTarget.checked)} />
      <div><label for={id}>{label}</label>{what && <p id={`${id}-what`}>{what}</p>}</div>
    </div>
  );
}

/** A labelled text field. */
export function Field({ id, label, value, set, hint, placeholder, problem, mono, digits, long }: {
  id: string; label: string; value: string; set: (value: string) => void; hint?: string; placeholder?: string; problem?: string;
  mono?: boolean; digits?: boolean; long?: boolean;
}) {
  const Box = long ? 'textarea' : 'input';
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ') || undefined;
  return (
    <div class="labelled">
      <label for={id}>{label}</label>
      <Box id={id} class={mono ? 'field mono' : 'field'} value={value} placeholder={placeholder} spellcheck={false} autocomplete="off" inputMode={digits ? 'numeric' : undefined}
        aria-invalid={problem ? 'true' : undefined} aria-describedby={described} onInput={(e) => set(e.currentTarget.value)} />
      {hint && <p class="hint" id={`${id}-hint`}>{hint}</p>}
      {problem && <p class="wrong" id={`${id}-problem`} role="alert">{problem}</p>}
    </div>
  );
}

/** Which rule is being pointed at again, and the way out of that. */
export function Again({ work }: { work: Work }) {
  const t = useTexts();
  if (!work.again) return null;
  return (
    <Message intent="info">
      {t('again', { name: nameOf(work.again.rule) })} <button class="link" id="again-not" onClick={() => work.point(null)}>{t('again.not')}</button>
    </Message>
  );
}

export function Site({ site }: { site: string | undefined }) {
  const t = useTexts();
  return <>{site ? site.startsWith('*.') ? t('site.below', { host: site.slice(2) }) : site : t('site.every')}</>;
}

/** What is wrong with one entry of a list, when the service has refused it. */
export function useRefusal(work: Work, list: List, id: string): string {
  const t = useTexts();
  const { refused } = work;
  if (!refused) return '';
  const at = refused.sent[list].findIndex((e) => e.id === id);
  return at >= 0 && refused.field === `${list}[${at}]` ? saying(t, refused.problem) : '';
}

/** How a rule does in real sessions, and the way to mend it where pointing can. */
export function HealthLine({ work, id, again }: { work: Work; id: string; again?: () => void }) {
  const t = useTexts();
  const when = useWhen();
  const w = wellness(id, work.health);
  switch (w.kind) {
    case 'lost': return (
      <>
        <p class="health lost"><Icon name="warning" />{t('health.lost', { n: w.sessions })}</p>
        {again && <button class="small again" onClick={again}><Icon name="cursor" />{t('again.do')}</button>}
      </>
    );
    case 'well': return <p class="health well"><Icon name="check" />{t('health.well', { when: when(w.at) })}</p>;
    case 'waiting': return <p class="health">{t('health.waiting', { n: w.sessions })}</p>;
    case 'unseen': return <p class="health">{t('health.unseen')}</p>;
  }
}
