// /join/{slug}: the company's page for people on the phone. #from=<address> tells where on the company's site they were.
import { getCompany, makePIN } from '../customer/api';
import { App, showProblem } from '../customer/app';
import { Memory } from '../customer/memory';
import { customerLanguage } from '../i18n';

const language = await customerLanguage(navigator.languages);
document.documentElement.lang = language.tag;
const slug = decodeURIComponent(location.pathname.split('/')[2] ?? '');
const memory = new Memory(slug);
const from = new URLSearchParams(location.hash.slice(1)).get('from') ?? undefined;
void open();

async function open(): Promise<void> {
  try {
    const company = await getCompany(slug);
    const app = new App({ language, company, memory, again: () => void begin() });
    const here = memory.here();
    const elsewhere = memory.elsewhere();
    if (here) app.enter(here);
    else if (elsewhere) app.start(true, begin, () => app.enter(elsewhere));
    else if (from) void begin(); // they have just pressed the button on the company's site
    else app.start(false, begin, begin);

    async function begin(): Promise<void> {
      app.working();
      try {
        const { pin, token, expiresAt, now } = await makePIN(slug, from);
        app.enter({ token, pin, expiresAt: Date.now() + (Date.parse(expiresAt) - now) });
      } catch (error) {
        app.problem(error, begin);
      }
    }
  } catch (error) {
    showProblem(language, error, () => void open());
  }
}
