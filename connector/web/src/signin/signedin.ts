// Where Entra ID sends people back to: what it says goes on to the page that asked, and nowhere else.
import { broadcastResponseToMainFrame } from '@azure/msal-browser/redirect-bridge';

void broadcastResponseToMainFrame().catch(() => undefined); // somebody came here by hand: there is nothing to tell
