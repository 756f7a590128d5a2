import type { Outcome } from '../live';
import { useTexts } from './texts';

const outcomes: Outcome[] = ['solved', 'followup', 'notsolved'];

interface Props {
  label: string; outcome: Outcome | ''; note: string;
  onOutcome: (outcome: Outcome) => void; onNote: (note: string) => void;
}

export function OutcomePicker({ label, outcome, note, onOutcome, onNote }: Props) {
  const t = useTexts();
  return (
    <div class="outcome">
      <fieldset>
        <legend>{label}</legend>
        {outcomes.map((o) => (
          <label key={o} id={`outcome-${o}`} class={o === outcome ? `choice ${o} picked` : `choice ${o}`}>
            <input type="radio" name="outcome" value={o} checked={o === outcome} onChange={() => onOutcome(o)} />{t(`outcome.${o}`)}
          </label>
        ))}
      </fieldset>
      <label for="outcome-note">{t('end.note')}</label>
      <textarea id="outcome-note" class="field" maxLength={1000} rows={3} value={note} onInput={(e) => onNote(e.currentTarget.value)} />
    </div>
  );
}
