import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../ui/icon';
import type { Controller } from './controller';
import { pinDigits, pinLength, spacedPIN } from './model';
import { CaseChoice } from './casechoice';
import { CustomerCard, Message } from './parts';
import { duration, known, useTexts } from './texts';

export function Launcher({ controller: c }: { controller: Controller }) {
  const t = useTexts();
  const context = c.context;
  const chat = context?.channel === 'chat';
  const [typing, setTyping] = useState(!chat);
  if (!context) return null;
  return (
    <main class="launcher" data-phase="launcher">
      <CustomerCard name={context.customerName} title={context.case.title} channel={context.channel} />
      <CaseChoice controller={c} />
      <section class="start">
        <span class="hero" aria-hidden="true"><Icon name="cobrowse" /></span>
        <h2>{t('launcher.heading')}</h2>
        <p>{t('launcher.what')}</p>
        {chat && (
          <fluent-button id="send-link" appearance="primary" size="large" disabled={c.busy !== ''} onClick={() => void c.sendLink()}>
            {c.busy === 'link' ? t('launcher.sending') : t(c.desk?.can('sendMessage') ? 'launcher.sendLink' : 'launcher.makeLink')}
          </fluent-button>
        )}
        {chat && <p class="or"><span>{t('launcher.or')}</span></p>}
        {typing
          ? <PINForm controller={c} autofocus={chat} primary={!chat} />
          : <fluent-button id="enter-pin" size="large" onClick={() => { c.clearProblem(); setTyping(true); }}>{t('launcher.enterPin')}</fluent-button>}
        <Problems controller={c} />
      </section>
    </main>
  );
}

function Problems({ controller: c }: { controller: Controller }) {
  const t = useTexts();
  if (!c.problem) return null;
  const { reason, retryAfter } = c.problem;
  return <div id="problem"><Message intent="error">{t(known('error', reason, 'error.unavailable'), { time: duration(t, retryAfter || 60) })}</Message></div>;
}

function PINForm({ controller: c, autofocus, primary }: { controller: Controller; autofocus: boolean; primary: boolean }) {
  const t = useTexts();
  const [digits, setDigits] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => { if (autofocus) field.current?.focus(); }, [autofocus]);
  useLayoutEffect(() => { if (c.problem?.reason === 'pin_invalid') field.current?.select(); }, [c.problem]);
  const submit = (e: Event): void => {
    e.preventDefault();
    void c.claim(digits);
    if (digits.length < pinLength) field.current?.focus();
  };
  const address = `${location.host}/join/${c.context?.company.slug ?? ''}`;
  return (
    <form class="pin" onSubmit={submit}>
      <label for="pin">{t('launcher.pinLabel')}</label>
      <input id="pin" class="field" ref={field} inputMode="numeric" autocomplete="off" placeholder="000 000" aria-describedby="pin-hint"
        aria-invalid={c.problem?.reason.startsWith('pin_') ?? false} value={spacedPIN(digits)} onClick={(e) => { if (digits.length === pinLength) selectAfterClick(e.currentTarget); }}
        onInput={(e) => {
          const now = pinDigits(e.currentTarget.value);
          e.currentTarget.value = spacedPIN(now);
          setDigits(now);
          if (c.problem) c.clearProblem();
        }} />
      <fluent-button id="pin-go" appearance={primary || digits ? 'primary' : ''} size="large" disabled={c.busy !== ''} onClick={submit}>
        {c.busy === 'pin' ? t('launcher.checking') : t('launcher.start')}
      </fluent-button>
      <p id="pin-hint" class="hint">{t('launcher.pinHint', { address })}</p>
    </form>
  );
}

/** A press into a full field means a new PIN. Browsers put the caret after the click's own handlers, so this waits for that. */
function selectAfterClick(field: HTMLInputElement): void {
  setTimeout(() => field.select());
}
