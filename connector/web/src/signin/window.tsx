// The page of the window between a widget in a desk's frame and Entra ID (ourwindow.ts). It opens the window of Entra ID in answer to a press: one that
// comes by itself is not let through.
import { render } from 'preact';
import { asProblem, Problem } from '../http';
import { SignIn } from './entra';
import { answerFrame } from './ourwindow';
import { SignInPanel } from './panel';
import { signInLanguage, wanted } from './texts';

const asks = new URLSearchParams(location.search);
const frame = window.opener as Window | null;
let entra: SignIn | undefined;

async function prepare(): Promise<void> {
  entra ??= await SignIn.of(asks.get('company') ?? '');
}

async function signIn(another: boolean): Promise<void> {
  await prepare();
  if (!entra) throw new Problem('entra_off');
  answerFrame(frame!, await entra.byWindow(another || asks.has('another')));
}

function draw(reason: string): void {
  const go = (another: boolean) => signIn(another).catch((e: unknown) => draw(asProblem(e).reason));
  render(frame ? <SignInPanel reason={reason} what="window.what" button="window.do" signIn={go} /> : <Alone />, document.body);
}

/** Somebody came to the page by its address. */
function Alone() {
  return <main class="signin"><h1>{t('title')}</h1><p role="alert">{t('window.alone')}</p></main>;
}

const { tag, t } = signInLanguage(navigator.languages);
document.documentElement.lang = tag;
document.title = t('title');
draw(wanted);
void prepare().catch(() => undefined); // before the press, which a window must not come long after; whoever presses hears what is wrong
