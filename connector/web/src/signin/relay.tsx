// The window between a widget in a desk's frame and that of Entra ID, which cannot speak to the frame itself. It opens the second one in
// answer to a press: a window that comes by itself is not let through.
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { runPopupRelay } from '@azure/msal-browser/popup-relay';
import { signInLanguage, type T } from './texts';

function Relay({ t }: { t: T }) {
  const [failed, setFailed] = useState(false);
  const go = (): void => {
    try {
      runPopupRelay();
    } catch {
      setFailed(true);
    }
  };
  return (
    <main class="signin">
      <h1>{t('title')}</h1>
      <p>{t('relay.what')}</p>
      {failed ? <p role="alert">{t('relay.failed')}</p> : <button type="button" class="primary" onClick={go}>{t('relay.do')}</button>}
    </main>
  );
}

const language = signInLanguage(navigator.languages);
document.documentElement.lang = language.tag;
document.title = language.t('title');
render(<Relay t={language.t} />, document.body);
