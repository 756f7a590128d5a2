import { Icon } from '../ui/icon';
import type { Suggestion } from './api';
import { countIn, wordsOf } from './policy';
import { Empty, Heading, Message } from './parts';
import { useTexts, useWhen, type Key } from './texts';
import type { Work } from './work';

/** How many may wait: connector/rules leaves further ones out. */
const mostWaiting = 200;

/** Masks that agents asked for. They held in that agent's session at once; here they become rules. */
export function Suggestions({ work }: { work: Work }) {
  const t = useTexts();
  const waiting = work.suggestions.filter((s) => s.state === 'pending');
  const decided = work.suggestions.filter((s) => s.state !== 'pending').slice(0, 20);
  return (
    <section>
      <Heading what={t('suggestions.what')}>{t('nav.suggestions')}</Heading>
      {waiting.length >= mostWaiting && <Message intent="warning">{t('suggestions.full', { n: waiting.length })}</Message>}
      {waiting.length === 0 && <Empty>{t('suggestions.none')}</Empty>}
      <ul class="cards" id="suggestions">{waiting.map((s) => <Waiting key={s.id} work={work} s={s} />)}</ul>
      {decided.length > 0 && (
        <details class="more">
          <summary>{t('suggestions.decided', { n: decided.length })}</summary>
          <ul>{decided.map((s) => <li key={s.id}>{nameOf(s)} ({s.rule.site}): {t(`suggestions.${s.state}` as Key)}</li>)}</ul>
        </details>
      )}
    </section>
  );
}

function nameOf(s: Suggestion): string {
  return s.name && s.name !== s.tag ? s.name : wordsOf(s.rule.selector);
}

function Waiting({ work, s }: { work: Work; s: Suggestion }) {
  const t = useTexts();
  const when = useWhen();
  const seen = work.shapes.filter((shape) => (countIn(shape.documents, s.rule.site ?? '', s.rule.selector) ?? 0) > 0);
  return (
    <li class="card" data-suggestion={s.id}>
      <span class="sign" aria-hidden="true"><Icon name="chat" /></span>
      <div class="body">
        <h2>{t('suggestions.hide', { name: nameOf(s), host: s.rule.site ?? '' })}</h2>
        <p class="where">{t('suggestions.by', { agent: s.agent, when: when(s.at) })}{s.page && <> · {s.page}</>}</p>
        <p class="where"><code>{s.rule.selector}</code></p>
        {seen.length > 0 && <p class="hint">{t('rules.onShapes')} {seen.map((shape) => shape.name).join(', ')}</p>}
        <div class="row">
          <fluent-button class="approve" appearance="primary" disabled={work.busy} onClick={() => void work.decide(s, 'approve')}>{t('suggestions.approve')}</fluent-button>
          <fluent-button class="reject" disabled={work.busy} onClick={() => void work.decide(s, 'reject')}>{t('suggestions.reject')}</fluent-button>
        </div>
      </div>
    </li>
  );
}
