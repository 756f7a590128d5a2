import { render } from 'preact';
import { useFluentTheme } from '../ui/fluent';
import { App } from './app';
import { Controller } from './controller';
import { agentLanguage, Texts } from './texts';

const language = agentLanguage(navigator.languages);
document.documentElement.lang = language.tag;
document.title = language.t('widget.title');
useFluentTheme();

const root = document.getElementById('app');
if (root) {
  const draw = (): void => render(<Texts.Provider value={language.t}><App controller={controller} /></Texts.Provider>, root);
  const controller = new Controller(language, draw);
  void controller.start();
}
