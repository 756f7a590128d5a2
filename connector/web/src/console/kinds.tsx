import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../ui/icon';
import { newID, titleOf, withEntry, withKind, type Pattern } from './policy';
import { Empty, Field, Heading, Toggle, useRefusal } from './parts';
import { known, saying, useTexts, type Key } from './texts';
import type { Work } from './work';

const checks = ['', 'luhn', 'mod97', 'mod11', 'verhoeff'] as const;

/** Kinds of data that are recognised wherever they stand. */
export function Kinds({ work }: { work: Work }) {
  const t = useTexts();
  const [edited, setEdited] = useState<Pattern | null>(null);
  const all = work.kinds;
  const on = work.draft.pii ?? all;
  return (
    <section>
      <Heading what={t('kinds.what')}>{t('nav.kinds')}</Heading>
      <div class="toggles">
        {all.map((kind) => <Toggle key={kind} id={`pii-${kind}`} on={on.includes(kind)} label={t(known('pii', kind, 'pii.other'), { kind })} set={(to) => work.edit({ pii: withKind(work.draft.pii, kind, to, all) })} />)}
      </div>
      <h2 class="part">{t('typing')}</h2>
      <Toggle id="hide-typing" on={work.draft.hideTyping} label={t('typing.hide')} what={t('typing.hideWhat')} set={(hideTyping) => work.edit({ hideTyping })} />
      <h2 class="part">{t('patterns')}</h2>
      <p class="lead">{t('patterns.what')}</p>
      <div class="row"><fluent-button id="add-pattern" onClick={() => setEdited({ id: newID(''), expression: '' })}>{t('patterns.add')}</fluent-button></div>
      {edited && <PatternForm rule={edited} work={work} done={() => setEdited(null)} />}
      {work.draft.patterns.length === 0 && !edited && <Empty>{t('patterns.none')}</Empty>}
      <ul class="cards">{work.draft.patterns.map((p) => <PatternCard key={p.id} work={work} rule={p} edit={() => setEdited(p)} />)}</ul>
      <TryIt work={work} />
    </section>
  );
}

function PatternCard({ work, rule, edit }: { work: Work; rule: Pattern; edit: () => void }) {
  const t = useTexts();
  const wrong = useRefusal(work, 'patterns', rule.id);
  const name = titleOf(rule.id);
  return (
    <li class={wrong ? 'card refused' : 'card'} data-rule={rule.id}>
      <span class="sign" aria-hidden="true"><Icon name="eyeOff" /></span>
      <div class="body">
        <h2>{name}</h2>
        <p class="where"><code>{rule.expression}</code>{rule.check && <> · {t(`check.${rule.check}` as Key)}</>}</p>
        {wrong && <p class="wrong" role="alert">{wrong}</p>}
      </div>
      <div class="acts">
        <button class="quiet" title={t('edit')} aria-label={t('edit.named', { name })} onClick={edit}><Icon name="edit" /></button>
        <button class="quiet" title={t('remove')} aria-label={t('remove.named', { name })}
          onClick={() => work.edit({ patterns: work.draft.patterns.filter((p) => p.id !== rule.id) })}><Icon name="close" /></button>
      </div>
    </li>
  );
}

function PatternForm({ rule, work, done }: { rule: Pattern; work: Work; done: () => void }) {
  const t = useTexts();
  const fresh = rule.expression === '';
  const [now, setNow] = useState(rule);
  const [name, setName] = useState(fresh ? '' : titleOf(rule.id));
  const [wrong, setWrong] = useState('');
  const save = async (e: Event): Promise<void> => {
    e.preventDefault();
    const { check, ...rest } = now;
    const made: Pattern = { ...rest, id: fresh ? newID(name) : rule.id, ...(check && { check }) };
    try {
      await work.api.try({ ...work.draft, patterns: withEntry(work.draft.patterns, made) }, '');
      work.edit({ patterns: withEntry(work.draft.patterns, made) }); // there may be others by now
      done();
    } catch (problem) {
      setWrong(saying(t, problem));
    }
  };
  return (
    <form class="card form" onSubmit={(e) => void save(e)} aria-label={t('patterns.form')}>
      {fresh && <Field id="pattern-name" label={t('patterns.name')} value={name} set={setName} placeholder={t('patterns.nameExample')} />}
      <Field id="pattern-expression" label={t('patterns.expression')} hint={t('patterns.expressionHint')} value={now.expression} problem={wrong} mono
        set={(expression) => { setWrong(''); setNow({ ...now, expression }); }} placeholder="KD-[0-9]{6}" />
      <div class="labelled">
        <label for="pattern-check">{t('patterns.check')}</label>
        <select id="pattern-check" class="field" value={now.check ?? ''} onChange={(e) => setNow({ ...now, check: e.currentTarget.value })}>
          {checks.map((c) => <option key={c} value={c}>{t(c ? `check.${c}` as Key : 'check.none')}</option>)}
        </select>
      </div>
      <div class="row">
        <fluent-button type="submit" appearance="primary" disabled={now.expression.trim() === '' || (fresh && name.trim() === '')}>{t('save')}</fluent-button>
        <fluent-button onClick={done}>{t('cancel')}</fluent-button>
      </div>
    </form>
  );
}

/** What the agent would read of a text. */
function TryIt({ work }: { work: Work }) {
  const t = useTexts();
  const [text, setText] = useState('');
  const [seen, setSeen] = useState('');
  useEffect(() => {
    if (text === '') {
      setSeen('');
      return;
    }
    let current = true;
    const soon = setTimeout(() => {
      work.api.try(work.draft, text).then((answer) => { if (current) setSeen(answer.text); }, (e) => { if (current) setSeen(saying(t, e)); });
    }, 250);
    return () => { current = false; clearTimeout(soon); };
  }, [text, work.draft]);
  return (
    <div class="try card form">
      <div class="labelled">
        <label for="try">{t('try')}</label>
        <textarea id="try" class="field" rows={2} maxLength={1000} value={text} placeholder={t('try.example')} onInput={(e) => setText(e.currentTarget.value)} />
      </div>
      <div class="labelled"><span class="label">{t('try.seen')}</span><output id="try-seen" for="try">{seen || '—'}</output></div>
      <p class="hint">{t('try.hint')}</p>
    </div>
  );
}
