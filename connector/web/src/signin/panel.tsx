import { useState } from 'preact/hooks';
import { saying, signInLanguage } from './texts';
import { wanted } from './entra';

/** Asks somebody to sign in, and says why it did not work the last time; they may choose another account then. */
export function SignInPanel({ reason, signIn }: { reason: string; signIn: (another: boolean) => Promise<void> }) {
  const { t } = signInLanguage(navigator.languages);
  const [busy, setBusy] = useState(false);
  const go = (): void => {
    setBusy(true);
    void signIn(reason !== wanted).finally(() => setBusy(false));
  };
  return (
    <main class="signin" data-phase="signin">
      <h1>{t('title')}</h1>
      <p>{t('what')}</p>
      {reason !== wanted && <p role="alert">{saying(t, reason)}</p>}
      <button type="button" class="primary" disabled={busy} onClick={go}>{t('do')}</button>
    </main>
  );
}
