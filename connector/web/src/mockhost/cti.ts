// A page like Microsoft's conversation widget inside another desktop, for tests. It loads the organisation's driver, makes it and binds it.
import type { EmbedWindow } from '../desk-host/embedsdk';
import { MockEmbedSDK } from './embedsdk';
import { MockWorkspace } from './workspace';

const workspace = new MockWorkspace(window.mockSetup);
const sdk = new MockEmbedSDK(workspace);
const host = window as Window & EmbedWindow;
if (!workspace.setup.without.includes('EmbedSDK')) host.Microsoft = { CCaaS: { EmbedSDK: sdk } };
window.mock = { done: workspace.done, workspace };
Object.assign(window.mock, { sdk });

document.body.className = 'embedded';
for (const c of workspace.setup.conversations) {
  const button = document.createElement('button');
  button.className = 'session';
  button.textContent = c.customerName;
  button.onclick = () => sdk.load(c.id);
  document.body.append(button);
}

host.cobrowseDesk = { service: workspace.setup.service, company: workspace.setup.company };
const script = document.createElement('script');
script.src = '/cti.js';
script.onload = () => void drive();
document.head.append(script);

async function drive(): Promise<void> {
  const Driver = host.CCaaS?.CTIDriver;
  if (!Driver) return;
  const driver = new Driver();
  const ready = await driver.initialize();
  workspace.keep('initialized', { ready });
  if (ready) driver.bindEvents();
}
