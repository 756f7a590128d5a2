// The one script line of a company's site:
//   <script src="https://SERVICE/cobrowse.js" data-company="SLUG" async></script>
// It adds a button in its own shadow root and `window.Cobrowse.start()`. It reads nothing of the page but its address and language,
// and when anything is wrong it leaves the page alone.
import { chooseLanguage } from '../i18n/choose';
import texts from './texts.json';

declare global {
  interface Window { Cobrowse?: { start: () => void } }
}

interface Company { name: string; color: string }

const script = document.currentScript as HTMLScriptElement | null;
if (script && !window.Cobrowse) void install(script);

async function install(tag: HTMLScriptElement): Promise<void> {
  const service = new URL(tag.src).origin;
  const slug = tag.dataset['company'] ?? '';
  const company = await findCompany(service, slug);
  if (!company || window.Cobrowse) return;
  const start = () => open(service, slug);
  window.Cobrowse = { start };
  // data-button="none": the site has a button of its own that calls Cobrowse.start().
  if (tag.dataset['button'] !== 'none') whenBody(() => addButton(company, start));
}

async function findCompany(service: string, slug: string): Promise<Company | undefined> {
  if (!slug) return complain('the script tag needs data-company="your company\'s name in addresses"');
  try {
    const response = await fetch(`${service}/v1/companies/${encodeURIComponent(slug)}`, { credentials: 'omit', referrerPolicy: 'no-referrer' });
    if (response.ok) return await response.json() as Company;
    return complain(response.status === 404 ? `there is no company "${slug}" at ${service}; check data-company` : `${service} answered ${response.status}`);
  } catch {
    return complain(`${service} cannot be reached from this page; its Content-Security-Policy needs connect-src ${service}`);
  }
}

function complain(what: string): undefined {
  console.error(`cobrowse: ${what}. The button is not shown.`);
}

/** The address travels in the fragment: it reaches no server log. */
function open(service: string, slug: string): void {
  const from = new URLSearchParams({ from: location.href });
  window.open(`${service}/join/${encodeURIComponent(slug)}#${from}`, '_blank', 'noopener');
}

function whenBody(then: () => void): void {
  if (document.body) then();
  else document.addEventListener('DOMContentLoaded', then, { once: true });
}

function addButton(company: Company, start: () => void): void {
  const tag = chooseLanguage(Object.keys(texts), [document.documentElement.lang, ...navigator.languages].filter(Boolean));
  const host = document.createElement('cobrowse-button');
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet(company.color)]; // no style element: sites with a strict Content-Security-Policy forbid those
  const button = document.createElement('button');
  button.type = 'button';
  button.lang = tag;
  button.append(drawIcon(), texts[tag as keyof typeof texts]);
  button.addEventListener('click', start);
  root.append(button);
  document.body.append(host);
}

function sheet(color: string): CSSStyleSheet {
  const background = /^#[0-9a-f]{6}$/i.test(color) ? color : '#0f548c';
  const css = new CSSStyleSheet();
  css.replaceSync(`
    :host { all: initial; position: fixed; z-index: 2147483000; right: max(16px, env(safe-area-inset-right)); bottom: max(16px, env(safe-area-inset-bottom)); }
    @media print { :host { display: none; } }
    button { display: flex; align-items: center; gap: 9px; min-height: 44px; padding: 10px 18px 10px 14px; border: 2px solid #fff; border-radius: 26px;
      background: ${background}; color: ${dark(background) ? '#fff' : '#1a1a1a'}; box-shadow: 0 2px 14px rgb(0 0 0 / .28); cursor: pointer;
      font: 600 15px/1.2 "Segoe UI", system-ui, -apple-system, Roboto, "Liberation Sans", Arial, sans-serif; }
    button:hover { filter: brightness(1.12); }
    button:focus-visible { outline: 3px solid #1a1a1a; outline-offset: 2px; }
    svg { width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round; }`);
  return css;
}

/** Whether white can be read on it. */
function dark(hex: string): boolean {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  return 0.2126 * r ** 2.2 + 0.7152 * g ** 2.2 + 0.0722 * b ** 2.2 < 0.18;
}

function drawIcon(): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', 'M13 17H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v4M12 11l9 3.600-3.800 1.600L15.600 20z');
  svg.append(path);
  return svg;
}
