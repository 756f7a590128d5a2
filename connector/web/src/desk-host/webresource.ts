// The script that is installed at the desk: in Dynamics as the web resource behind the co-browse tab, or loaded by a control in
// a pane. A page with its own wishes calls cobrowseHost.mount; a script element with data-service, data-company and data-launch (an
// address of the desk's server that answers {launch} to a POST of {conversation}) mounts into the element that data-container names.
import { mount, type HostOptions } from './host';

declare global {
  interface Window {
    cobrowseHost: { mount: typeof mount };
  }
}

window.cobrowseHost = { mount };

const script = document.currentScript;
const service = script?.dataset['service'];
const company = script?.dataset['company'];
const launchAddress = script?.dataset['launch'];
if (script && service && company && launchAddress) {
  const options: HostOptions = { service, company, launch: (conversation) => fetchLaunch(launchAddress, conversation) };
  const container = script.dataset['container'];
  const start = (): void => {
    const into = container ? document.querySelector<HTMLElement>(container) : document.body;
    if (into) mount(into, options);
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
}

async function fetchLaunch(address: string, conversation: string): Promise<string> {
  const res = await fetch(address, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ conversation, role: 'agent' }),
  });
  if (!res.ok) throw new Error(`the desk answered ${res.status}`);
  const { launch } = (await res.json()) as { launch: string };
  return launch;
}
