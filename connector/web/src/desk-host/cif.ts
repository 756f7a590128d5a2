// The page of a channel provider in Dynamics (Channel Integration Framework): for companies whose telephony is not Omnichannel's. It follows
// the cases that the agent opens. The library comes from the organisation that shows this page; the page's policy lets in that of the
// company's own origins only.
import { caseOfAddress, docked, type CIFramework, type CIFWindow } from './ciframework';
import { caseTarget, signingIn } from './dynamicsdesk';
import { Frames, hint } from './frames';
import { hostText } from './texts';

const narrow = 400;
const wide = 900;
/** As long as any call of the library may take. */
const patience = 10_000;

const t = hostText();

async function start(place: HTMLElement): Promise<void> {
  if (window.parent === window) {
    place.append(hint(t('outside')));
    return;
  }
  try {
    const dynamics = embedder();
    await loadLibrary(dynamics);
    const cif = (window as CIFWindow).Microsoft?.CIFramework;
    if (!cif) throw new Error('the library has no Microsoft.CIFramework');
    await follow(cif, place, dynamics);
  } catch {
    place.append(hint(t('failed'), t('again'), () => location.reload()));
  }
}

/** The origin of the page that shows this one. */
function embedder(): string {
  return location.ancestorOrigins?.[0] ?? new URL(document.referrer).origin;
}

function loadLibrary(dynamics: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('CIFInitDone did not come')), patience);
    window.addEventListener('CIFInitDone', () => { clearTimeout(late); resolve(); }, { once: true });
    const script = document.createElement('script');
    script.src = `${dynamics}/webresources/Widget/msdyn_ciLibrary.js`;
    script.dataset['crmurl'] = dynamics;
    script.dataset['cifid'] = 'CIFMainLibrary';
    script.onerror = () => { clearTimeout(late); reject(new Error('the library was not loaded')); };
    document.head.append(script);
  });
}

async function follow(cif: CIFramework, place: HTMLElement, dynamics: string): Promise<void> {
  const frames = new Frames(place, {
    service: location.origin,
    company: new URLSearchParams(location.search).get('company') ?? '',
    opening: (target) => Promise.resolve(signingIn(target, dynamics)),
    actions: () => ({
      // Whatever the library answers, the session goes on.
      expand: (full) => { cif.setWidth(full ? wide : narrow).catch(() => undefined); },
      live: () => { cif.setMode(docked).catch(() => undefined); },
      ended: () => undefined,
    }),
  }, (key) => t(key === 'none' ? 'noCase' : key));
  const turn = (id: string): void => {
    if (id) frames.show(caseTarget(id));
  };
  cif.addHandler('onpagenavigate', (data) => {
    turn(caseOfAddress(data));
    return Promise.resolve();
  });
  turn(await caseInView(cif));
}

/** The case that is open already. The environment tells the record but not surely its table, so the record is asked for as a case. */
async function caseInView(cif: CIFramework): Promise<string> {
  const environment = JSON.parse(await cif.getEnvironment()) as Record<string, unknown>;
  const id = environment['record-id'];
  if (typeof id !== 'string' || !id) return '';
  return cif.retrieveRecord('incident', id, '?$select=incidentid').then(() => id, () => '');
}

const place = document.getElementById('desk');
if (place) void start(place);
