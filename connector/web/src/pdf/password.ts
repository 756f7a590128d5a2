// Asks for the password of a locked document. The field is one for passwords, so agents do not see what stands in it.
import { PasswordResponses, type PDFDocumentLoadingTask } from 'pdfjs-dist';
import type { Translate } from '../i18n/index';

export function askForPassword(loading: PDFDocumentLoadingTask, word: HTMLElement, t: Translate<'locked' | 'wrongPassword'>): void {
  const box = document.getElementById('locked') as HTMLElement;
  const field = document.getElementById('password') as HTMLInputElement;
  const said = word.textContent;
  loading.onPassword = (open: (password: string) => void, reason: number) => {
    word.textContent = t(reason === PasswordResponses.INCORRECT_PASSWORD ? 'wrongPassword' : 'locked');
    box.hidden = false;
    field.value = '';
    field.focus();
    const answer = () => {
      if (!field.value) return;
      const password = field.value;
      field.value = '';
      box.hidden = true;
      word.textContent = said;
      open(password);
    };
    field.onkeydown = (e) => { if (e.key === 'Enter') answer(); };
    (document.getElementById('unlock') as HTMLElement).onclick = answer;
  };
}
