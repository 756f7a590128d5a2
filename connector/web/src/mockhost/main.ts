// A page like Microsoft's workspace, for tests: the agent's conversations at the left, and on the screen one of the places that the package for
// Dynamics puts the product in. The test writes window.mockSetup before this script, and reads window.mock.done after it.
import type { ComponentFramework, ControlContext, StandardControl } from '../desk-host/componentframework';
import type { DynamicsWindow } from '../desk-host/dynamics';
import { MockCIFHost } from './cifhost';
import { MockApm, MockOmnichannel } from './omnichannel';
import { MockStandaloneSDK } from './standalone';
import { asWebApi, MockWebApi } from './webapi';
import { MockWorkspace, type Setup } from './workspace';

declare global {
  interface Window {
    mockSetup: Setup;
    mock: { done: MockWorkspace['done']; workspace: MockWorkspace; navigate?: (url: string) => void; leave?: () => void };
  }
}

const workspace = new MockWorkspace(window.mockSetup);
const { setup } = workspace;
const webAPI = new MockWebApi(workspace);
const apm = new MockApm(workspace);
window.mock = { done: workspace.done, workspace };

const host = window as DynamicsWindow;
const has = (name: string): boolean => !setup.without.includes(name);
host.Microsoft = {
  ...(has('Omnichannel') && { Omnichannel: new MockOmnichannel(workspace) }),
  ...(has('Apm') && { Apm: apm }),
  ...(has('StandaloneSDK') && { CCaaS: { StandaloneSDK: new MockStandaloneSDK(workspace) } }),
};
if (has('Xrm')) host.Xrm = { WebApi: asWebApi(webAPI) };
for (const event of ['CobrowseConnectedEvent', 'CobrowseEndedEvent']) window.addEventListener(event, () => workspace.keep(event));

const sessions = element('nav', 'sessions');
const main = element('main', '');
document.body.append(bar(), sessions, main);

for (const c of setup.conversations) {
  const button = element('button', 'session');
  button.textContent = c.customerName;
  button.append(Object.assign(element('small', ''), { textContent: c.channel === 'chat' ? 'Chat' : 'Call' }));
  button.onclick = () => apm.turnTo(c.id);
  const mark = (): void => button.setAttribute('aria-current', String(workspace.focused === c.id));
  workspace.onFocus(mark);
  mark();
  sessions.append(button);
}

({ tab: showTab, pane: showPane, case: showCase, cif: showCIF })[setup.surface]();

/** The application tab of the co-browse button. Tabs begin anew at each switch. */
function showTab(): void {
  const show = (): void => {
    main.replaceChildren();
    const chat = workspace.conversation(workspace.focused);
    if (chat?.channel !== 'chat') return;
    const tab = element('iframe', 'tab');
    tab.src = `/WebResources/cob_/cobrowse.html?data=${encodeURIComponent(JSON.stringify({ conversationId: chat.id }))}`;
    main.append(tab);
  };
  workspace.onFocus(show);
  show();
}

/** The productivity pane: a control that is told nothing. */
function showPane(): void {
  main.append(form('Conversation', 'The agent works on the conversation here.'));
  const aside = element('aside', 'pane');
  main.append(aside);
  control(aside, {});
}

/** The form of a case with the control on it. */
function showCase(): void {
  const [first] = setup.cases;
  const page = form(first?.title ?? '', `Case · ${first?.ticketnumber ?? ''}`);
  const section = element('section', 'section');
  page.append(section);
  main.append(page);
  control(section, { contextInfo: { entityTypeName: 'incident', entityId: `{${(first?.incidentid ?? '').toUpperCase()}}` } });
}

/** The panel of a channel provider beside the main page. */
function showCIF(): void {
  const page = form('Cases', '');
  const frame = element('iframe', 'cif');
  frame.src = `${setup.service}/desk/cif?company=${setup.company}`;
  main.append(page, frame);
  let open = setup.cases[0]?.incidentid ?? '';
  const cif = new MockCIFHost(workspace, webAPI, frame, () => open);
  window.mock.navigate = (url) => cif.navigate(url);
  for (const c of setup.cases) {
    const link = element('button', 'session');
    link.textContent = c.title;
    link.onclick = () => {
      open = c.incidentid;
      cif.navigate(`${location.origin}/main.aspx?pagetype=entityrecord&etn=incident&id=${c.incidentid}`);
    };
    page.append(link);
  }
}

/** Loads the bundle of the control as the framework does, and makes one. */
function control(into: HTMLElement, mode: Pick<ControlContext['mode'], 'contextInfo'>): void {
  const container = document.createElement('div');
  into.append(container);
  const context: ControlContext = {
    parameters: { service: { raw: setup.service }, company: { raw: setup.company } },
    mode: { allocatedHeight: -1, trackContainerResize: () => workspace.keep('trackContainerResize'), ...mode },
  };
  (window as unknown as { ComponentFramework: ComponentFramework }).ComponentFramework = {
    registerControl: (name, Control: new () => StandardControl) => {
      workspace.keep('registered', { name });
      const made = new Control();
      made.init(context, () => undefined, {}, container);
      window.mock.leave = () => { made.destroy(); container.remove(); };
    },
  };
  const script = document.createElement('script');
  script.src = '/pane.js';
  document.head.append(script);
}

function bar(): HTMLElement {
  const top = element('header', 'top');
  top.textContent = 'Contact center workspace · stand-in';
  return top;
}

function form(title: string, what: string): HTMLElement {
  const page = element('article', 'form');
  page.append(Object.assign(document.createElement('h1'), { textContent: title }), Object.assign(document.createElement('p'), { textContent: what }));
  return page;
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, className: string): HTMLElementTagNameMap[K] {
  const e = document.createElement(name);
  e.className = className;
  return e;
}
