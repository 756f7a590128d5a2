import { useState } from 'preact/hooks';
import { saying, signInLanguage, wanted } from './texts';

interface Asks {
  reason: string;
  signIn: (another: boolean) => Promise<void>;
  what?: 'what' | 'window.what';
  button?: 'do' | 'window.do';
}

/** Asks somebody to sign in, and says why it did not work the last time; they may choose another account then. */
export function SignInPanel({ reason, signIn, what = 'what', button = 'do' }: Asks) {
  const { t } = signInLanguage(navigator.languages);
  const [asked, setAsked] = useState<Promise<void>>();
  const go = (): void => {
    const asking = signIn(reason !== wanted);
    setAsked(asking);
    void asking.finally(() => setAsked((last) => (last === asking ? undefined : last)));
  };
  return (
    <main class="signin" data-phase="signin">
      <h1>{t('title')}</h1>
      {reason === wanted ? <p>{t(what)}</p> : <p role="alert">{saying(t, reason)}</p>}
      <button type="button" class="primary" onClick={go}>{t(reason === wanted ? button : 'again')}</button>
      <p role="status">{asked && t('waiting')}</p>
    </main>
  );
}
