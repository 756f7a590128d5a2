// Signing in with Entra ID by Microsoft's own library, which is loaded by companies' people who need it, and by nobody else.
import type { PublicClientApplication } from '@azure/msal-browser';
import { Problem, request } from '../http';
import { askOurWindow } from './ourwindow';
import { wanted } from './texts';

/** Where a company's people sign in: `entra` in the answer of /v1/companies/{slug}. */
interface Entra { client: string; tenant: string; authority: string }

/** What the library calls a window that did not open, or that nobody waits for any more; everything else is a failure to tell somebody about. */
const byPerson: Record<string, string> = {
  popup_window_error: 'entra_popup', empty_window_error: 'entra_popup',
  user_cancelled: wanted, timed_out: wanted, interaction_in_progress_cancelled: wanted,
};

/** As long as somebody may take for a password, a second factor and a call for help. The library gives them one minute. */
const patience = 30 * 60_000;

/** The sign-in of a company's people. */
export class SignIn {
  private constructor(private readonly company: string, private readonly app: PublicClientApplication, private readonly scopes: string[]) {}

  /** Undefined when the company does not sign its people in with Entra ID. */
  static async of(company: string): Promise<SignIn | undefined> {
    const { entra } = await request<{ entra?: Entra }>('GET', `/v1/companies/${encodeURIComponent(company)}`);
    if (!entra) return undefined;
    const { PublicClientApplication } = await import('@azure/msal-browser');
    const app = new PublicClientApplication({
      auth: {
        clientId: entra.client, authority: `${entra.authority}/${entra.tenant}`, knownAuthorities: [new URL(entra.authority).host],
        redirectUri: `${location.origin}/signed-in`,
      },
      cache: { cacheLocation: 'memoryStorage' },
      system: { popupBridgeTimeout: patience, loggerOptions: { piiLoggingEnabled: false } },
    });
    await app.initialize();
    return new SignIn(company, app, [`api://${entra.client}/access_as_user`]);
  }

  /** An access token for the service, of whoever the browser knows to be signed in. Throws `wanted` when nobody is. */
  async silently(): Promise<string> {
    try {
      return (await this.app.ssoSilent({ scopes: this.scopes })).accessToken;
    } catch {
      throw new Problem(wanted); // by cookies that the browser keeps back, or nobody is: asking tells
    }
  }

  /**
   * The same by a window that asks, for another account too. Only in answer to a press, or the browser opens none. Nothing tells that somebody closed
   * that window, as Entra ID cuts the tie to it: they press again, which takes the place of what was asked before.
   */
  byWindow(another: boolean): Promise<string> {
    return window.parent === window ? this.byEntra(another) : askOurWindow(this.company, another);
  }

  private async byEntra(another: boolean): Promise<string> {
    try {
      return (await this.app.acquireTokenPopup({
        scopes: this.scopes, overrideInteractionInProgress: true, ...(another && { prompt: 'select_account' }),
      })).accessToken;
    } catch (e) {
      throw new Problem(byPerson[(e as { errorCode?: string }).errorCode ?? ''] ?? 'entra_failed');
    }
  }
}
