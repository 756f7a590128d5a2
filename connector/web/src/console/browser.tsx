import { useState } from 'preact/hooks';
import { numbersIn, wordsIn, type Policy } from './policy';
import { Field, Heading, Toggle } from './parts';
import { saying, useTexts } from './texts';
import type { Work } from './work';

/** As in cobrowse/policy.go. */
const usualTabs = 10, mostTabs = 20;

/** What the shared browser itself does. */
export function Browser({ work }: { work: Work }) {
  const t = useTexts();
  const { draft } = work;
  const usualFiles = work.rules.defaults.refusedFiles ?? [];
  const refuseFiles = (files: string[]): void => work.edit({ refusedFiles: files.join() === usualFiles.join() ? null : files });
  return (
    <section>
      <Heading what={`${t('browser.what')} ${t('later')}`}>{t('nav.browser')}</Heading>
      <Toggle id="mobile-agent" on={draft.mobileAgent} label={t('browser.phone')} what={t('browser.phoneWhat')} set={(mobileAgent) => work.edit({ mobileAgent })} />
      <div class="card form">
        <Field id="max-tabs" label={t('browser.tabs')} hint={t('browser.tabsHint', { most: mostTabs, usual: usualTabs })} placeholder={`${usualTabs}`} digits
          value={draft.maxTabs ? `${draft.maxTabs}` : ''} problem={useWrong(work, 'maxTabs')} set={(text) => work.edit({ maxTabs: numbersIn(text)[0] ?? 0 })} />
      </div>
      <div class="card form">
        <Words id="ports" label={t('browser.ports')} hint={t('browser.portsHint')} placeholder="8443" digits words={draft.ports.map(String)}
          problem={useWrong(work, 'ports')} set={(text) => work.edit({ ports: numbersIn(text) })} />
      </div>
      <div class="card form">
        <Words id="refused-files" label={t('browser.files')} hint={t('browser.filesHint')} long words={draft.refusedFiles ?? usualFiles}
          problem={useWrong(work, 'refusedFiles')} set={(text) => refuseFiles(wordsIn(text))} />
        {draft.refusedFiles && <div class="row"><fluent-button id="usual-files" onClick={() => work.edit({ refusedFiles: null })}>{t('browser.filesUsual')}</fluent-button></div>}
      </div>
    </section>
  );
}

/** A field of several words. What was typed stays as it was typed while it says the same. */
function Words({ words, set, ...field }: Omit<Parameters<typeof Field>[0], 'value'> & { words: string[] }) {
  const [typed, setTyped] = useState('');
  const value = wordsIn(typed).join() === words.join() ? typed : words.join(' ');
  return <Field {...field} value={value} set={(text) => { setTyped(text); set(text); }} />;
}

/** What the service has against a setting, and against which entry of it. */
function useWrong(work: Work, setting: 'maxTabs' | 'ports' | 'refusedFiles'): string {
  const t = useTexts();
  const [, name, at] = /^(\w+)(?:\[(\d+)\])?$/.exec(work.refused?.field ?? '') ?? [];
  if (!work.refused || name !== setting) return '';
  const entries: Policy[typeof setting] = work.refused.sent[setting];
  const entry = Array.isArray(entries) ? entries[Number(at)] : undefined;
  return [entry, saying(t, work.refused.problem)].filter((part) => part !== undefined).join(': ');
}
