// Small pieces that several views of the widget use.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../ui/icon';
import { useTexts } from './texts';

export function Message({ intent, children }: { intent: 'error' | 'warning' | 'info' | 'success'; children: ComponentChildren }) {
  return (
    <div class={`message ${intent}`} role={intent === 'error' ? 'alert' : 'status'}>
      <Icon name={intent === 'success' ? 'check' : intent === 'info' ? 'info' : 'warning'} /><span>{children}</span>
    </div>
  );
}

/** Who the session is about: shown wherever there is no picture yet. */
export function CustomerCard({ name, title, channel }: { name: string; title: string; channel: string }) {
  const t = useTexts();
  return (
    <section class="card" aria-label={t('launcher.customer')}>
      <span class="face" aria-hidden="true">{initials(name)}</span>
      <div>
        <h1 id="customer-name">{name || t('launcher.nobody')}</h1>
        <p id="case-title"><Icon name={channel === 'chat' ? 'chat' : 'phone'} />{title || t('launcher.noCase')}</p>
      </div>
    </section>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return `${words[0]?.[0] ?? '?'}${words.length > 1 ? words.at(-1)?.[0] ?? '' : ''}`;
}

/** An address with a button that copies it; says so to everybody. */
export function CopyField({ label, value }: { label: string; value: string }) {
  const t = useTexts();
  const [told, setTold] = useState<'' | 'waiting.copied' | 'waiting.notCopied'>('');
  const copy = async (): Promise<void> => {
    const field = document.getElementById('join-url') as HTMLInputElement | null;
    field?.focus(); // what is selected stays so: the agent's own Ctrl+C is the last way
    field?.select();
    // The second way is for desks that give their frames no clipboard.
    const written = await navigator.clipboard?.writeText(value).then(() => true, () => false);
    const copied = written || document.execCommand('copy');
    setTold(copied ? 'waiting.copied' : 'waiting.notCopied');
    if (copied) setTimeout(() => setTold(''), 2_000);
  };
  return (
    <div class="copy">
      <label for="join-url">{label}</label>
      <div>
        <input id="join-url" class="field" readOnly value={value} onFocus={(e) => e.currentTarget.select()} />
        <fluent-button id="copy" onClick={() => void copy()}>{t(told === 'waiting.copied' ? told : 'waiting.copy')}</fluent-button>
      </div>
      <span class={told === 'waiting.notCopied' ? 'hint' : 'hidden'} role="status">{told && t(told)}</span>
    </div>
  );
}
