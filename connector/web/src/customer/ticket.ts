// /j#<ticket>: the link that an agent put into the chat.
import { customerLanguage } from '../i18n';
import type { Company } from '../live';
import { getCompany, useTicket } from './api';
import { App, showProblem } from './app';
import { Memory } from './memory';

const language = await customerLanguage(navigator.languages);
document.documentElement.lang = language.tag;
const ticket = location.hash.slice(1);
const memory = new Memory(ticket);
void open();

/** A ticket works once; a reload comes back with the token that it gave. */
async function open(): Promise<void> {
  const before = memory.here() ?? memory.elsewhere();
  try {
    if (before) {
      app(await getCompany(before.company)).enter(before);
      return;
    }
    const admission = await useTicket(ticket);
    app(admission.company).enter({ token: admission.token });
  } catch (error) {
    showProblem(language, error, () => void open());
  }
}

function app(company: Company): App {
  return new App({ language, company, memory });
}
