import { Icon } from '../ui/icon';
import { CaseChoice } from './casechoice';
import type { Controller } from './controller';
import { waitingStep, type WaitingStep } from './model';
import { CopyField, CustomerCard, Message } from './parts';
import type { AgentSession } from './session';
import { useTexts, type Key } from './texts';

const steps: { step: WaitingStep; label: Key }[] = [
  { step: 'away', label: 'waiting.step1' },
  { step: 'preparing', label: 'waiting.step2' },
  { step: 'deciding', label: 'waiting.step3' },
];

export function Waiting({ controller: c, session }: { controller: Controller; session: AgentSession }) {
  const t = useTexts();
  const context = c.context;
  if (!context) return null;
  const step = waitingStep(session.model);
  const at = steps.findIndex((s) => s.step === step);
  const customer = context.customerName || t('waiting.customer');
  return (
    <main class="waiting" data-phase="waiting" data-step={step} data-state={session.model.state}>
      <CustomerCard name={context.customerName} title={context.case.title} channel={context.channel} />
      <CaseChoice controller={c} />
      <section class="start">
        <fluent-spinner size="medium" aria-hidden="true" />
        <h2>{t('waiting.heading', { customer })}</h2>
        <ol class="steps">
          {steps.map((s, i) => (
            <li key={s.step} class={i < at ? 'done' : i === at ? 'now' : ''} aria-current={i === at ? 'step' : undefined}>
              <span aria-hidden="true">{i < at ? <Icon name="check" /> : i + 1}</span>{t(s.label)}
            </li>
          ))}
        </ol>
        <p id="waiting-now" role="status">{whatTheySee(step, c, t)}</p>
        {c.invitation && step === 'away' && <Invite controller={c} />}
        {session.status.kind === 'retrying' && <Message intent="warning">{t(session.model.leaving ? 'live.endsLater' : 'live.reconnecting')}</Message>}
        <fluent-button id="cancel" disabled={session.model.leaving} onClick={() => session.end('', '')}>
          {t(session.model.leaving ? 'live.state.ending' : 'waiting.cancel')}
        </fluent-button>
      </section>
    </main>
  );
}

function whatTheySee(step: WaitingStep, c: Controller, t: ReturnType<typeof useTexts>): string {
  if (step === 'away') return t(c.invitation ? 'waiting.away' : 'waiting.awayPin');
  return t(`waiting.${step}`, { company: c.context?.company.name ?? '' });
}

function Invite({ controller: c }: { controller: Controller }) {
  const t = useTexts();
  if (!c.invitation) return null;
  return (
    <div class="invite">
      {c.invitation.sent && <p class="sent"><Icon name="check" />{t(`waiting.${c.invitation.sent}`)}</p>}
      {c.invitation.sent === false && <p class="hint">{t(c.desk?.can('sendMessage') ? 'waiting.notSent' : 'waiting.copyHint')}</p>}
      <CopyField label={t('waiting.link')} value={c.invitation.url} />
    </div>
  );
}
