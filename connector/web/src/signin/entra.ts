// Signing in with Entra ID by Microsoft's own library, which is loaded by companies' people who need it, and by nobody else.
import type { PublicClientApplication } from '@azure/msal-browser';
import { Problem, request } from '../http';

/** Where a company's people sign in: `entra` in the answer of /v1/companies/{slug}. */
interface Entra { client: string; tenant: string; authority: string }

/** Nobody can be signed in without being asked; a button may ask. */
export const wanted = 'entra_sign_in';

/** What the library calls a window that did not open, or was closed; everything else is a failure to tell somebody about. */
const byPerson: Record<string, string> = {
  popup_window_error: 'entra_popup', empty_window_error: 'entra_popup', user_cancelled: wanted, timed_out: wanted, interaction_in_progress: wanted,
};

/** The sign-in of a company's people. */
export class SignIn {
  private constructor(private readonly app: PublicClientApplication, private readonly scopes: string[]) {}

  /** Undefined when the company does not sign its people in with Entra ID. */
  static async of(company: string): Promise<SignIn | undefined> {
    const { entra } = await request<{ entra?: Entra }>('GET', `/v1/companies/${encodeURIComponent(company)}`);
    if (!entra) return undefined;
    const { PublicClientApplication } = await import('@azure/msal-browser');
    const app = new PublicClientApplication({
      auth: {
        clientId: entra.client, authority: `${entra.authority}/${entra.tenant}`, knownAuthorities: [new URL(entra.authority).host],
        redirectUri: `${location.origin}/signed-in`,
        // A frame of another site has a storage of its own, which no window beside it shares: that window sends its answer on.
        ...(window.parent !== window && { popupRelayUri: `${location.origin}/sign-in` }),
      },
      cache: { cacheLocation: 'memoryStorage' },
      system: { loggerOptions: { piiLoggingEnabled: false } },
    });
    await app.initialize();
    return new SignIn(app, [`api://${entra.client}/access_as_user`]);
  }

  /** An access token for the service, of whoever the browser knows to be signed in. Throws `wanted` when nobody is. */
  async silently(): Promise<string> {
    try {
      return (await this.app.ssoSilent({ scopes: this.scopes })).accessToken;
    } catch {
      throw new Problem(wanted); // by cookies that the browser keeps back, or nobody is: asking tells
    }
  }

  /** The same by a window that asks, for another account too. Only in answer to a press, or the browser opens none. */
  async byWindow(another: boolean): Promise<string> {
    try {
      return (await this.app.acquireTokenPopup({ scopes: this.scopes, ...(another && { prompt: 'select_account' }) })).accessToken;
    } catch (e) {
      throw new Problem(byPerson[(e as { errorCode?: string }).errorCode ?? ''] ?? 'entra_failed');
    }
  }
}
