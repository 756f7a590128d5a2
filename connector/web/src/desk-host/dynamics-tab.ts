// The script of the chat's co-browse tab in Dynamics: a web resource on the organisation's own origin, loaded with
// <script src="cobrowse-tab.js" data-service="https://…" data-company="…">. The tab is loaded anew at every switch back to it; its frame then
// finds the session that runs.
import { dynamicsDesk, plainID } from './dynamicsdesk';
import { settingsOf } from './environment';
import { Frames } from './frames';
import { sessionEvents } from './sessionevents';
import { hostText } from './texts';
import { conversationOfTab, findWorkspace } from './workspace';

const baked = document.currentScript?.dataset ?? {};

async function start(): Promise<void> {
  const workspace = findWorkspace(window);
  const desk = dynamicsDesk(await settingsOf({ service: baked['service'] ?? '', company: baked['company'] ?? '' }, workspace.webAPI), workspace);
  // Omnichannel listens for its secondary channel on the topmost window, which is of the same origin as a web resource.
  const frames = new Frames(document.body, { ...desk, actions: (target, frame) => ({ ...desk.actions(target, frame), ...sessionEvents(window.top ?? window) }) }, hostText());
  const conversation = conversationOfTab(location.search);
  if (conversation) frames.show(plainID(conversation));
}

if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => void start());
else void start();
