// The window of ours between a widget in a desk's frame and the pages of Entra ID. What people come back to there cannot reach the frame: a frame of
// another site has a storage of its own, and Entra ID's pages cut the tie to whoever opened them. This window has the storage, and keeps its own tie.
import { Problem } from '../http';
import { wanted } from './texts';

interface Answer { entraToken: string }

let opened: Window | null = null;
let stopWaiting = new AbortController();

/** In the frame, in answer to a press: a token from the window. Asking again takes the place of what was asked before. */
export async function askOurWindow(company: string, another: boolean): Promise<string> {
  opened?.close();
  stopWaiting.abort();
  const { signal } = stopWaiting = new AbortController();
  opened = window.open(`/sign-in?${new URLSearchParams({ company, ...(another && { another: '' }) })}`, '_blank', 'popup,width=520,height=640');
  if (!opened) throw new Problem('entra_popup');
  return new Promise((done, fail) => {
    signal.addEventListener('abort', () => fail(new Problem(wanted)));
    addEventListener('message', (e: MessageEvent<Answer>) => {
      if (e.source === opened && e.origin === location.origin) done(e.data.entraToken);
    }, { signal });
  });
}

/** In the window: the frame that opened it, and no page of anybody else, gets the token. */
export function answerFrame(frame: Window, entraToken: string): void {
  frame.postMessage({ entraToken } satisfies Answer, location.origin);
  window.close();
}
