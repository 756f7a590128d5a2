import { render } from 'preact';
import { useFluentTheme } from '../ui/fluent';
import { App } from './app';
import { consoleLanguage, Texts } from './texts';
import { Work } from './work';

const language = consoleLanguage(navigator.languages);
document.documentElement.lang = language.tag;
document.title = language.t('title.page');
useFluentTheme();

const root = document.getElementById('app');
if (root) {
  const draw = (): void => render(<Texts.Provider value={language}><App work={work} /></Texts.Provider>, root);
  const work = new Work(draw);
  draw();
  void work.start();
}
