// Stands for msdyn_ciLibrary.js: loaded by the page of a channel provider, with the organisation's address in its own script element. What it says
// to the organisation's page is that pair's own matter (cifhost.ts).
import type { CIFramework, CIFWindow } from '../desk-host/ciframework';

const crm = document.currentScript?.dataset['crmurl'] ?? '';
const known = document.currentScript?.dataset['cifid'] === 'CIFMainLibrary';
const waiting = new Map<number, { resolve: (v: string) => void; reject: (e: Error) => void }>();
const handlers = new Map<string, (data: unknown) => Promise<void>>();
let count = 0;

/** As the real one does. */
const patience = 10_000;

function call(method: string, ...args: unknown[]): Promise<string> {
  const id = ++count;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    setTimeout(() => reject(new Error('The call timed out')), patience);
    window.parent.postMessage({ mockCIF: id, method, args }, crm);
  });
}

const framework: CIFramework = {
  getEnvironment: () => call('getEnvironment'),
  setMode: (mode) => call('setMode', mode),
  setWidth: (pixels) => call('setWidth', pixels),
  retrieveRecord: (table, id, query) => call('retrieveRecord', table, id, query),
  addHandler: (event, handler) => { handlers.set(event, handler); },
};

window.addEventListener('message', (e: MessageEvent<{ mockCIF?: number | string; ok?: boolean; value?: string }>) => {
  if (e.origin !== crm || e.source !== window.parent) return;
  const { mockCIF, ok, value = '' } = e.data;
  if (typeof mockCIF === 'string') void handlers.get(mockCIF)?.(JSON.parse(value));
  else if (mockCIF && ok) waiting.get(mockCIF)?.resolve(value);
  else if (mockCIF) waiting.get(mockCIF)?.reject(new Error(value));
});

if (known) {
  (window as CIFWindow).Microsoft = { CIFramework: framework };
  window.dispatchEvent(new Event('CIFInitDone'));
}
