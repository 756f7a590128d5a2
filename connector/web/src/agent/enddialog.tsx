import { useEffect, useRef, useState } from 'preact/hooks';
import type { Outcome } from '../live';
import type { FluentDialog } from '../ui/fluent';
import { OutcomePicker } from './outcome';
import { useTexts } from './texts';

export function EndDialog({ end, close }: { end: (outcome: Outcome | '', note: string) => void; close: () => void }) {
  const t = useTexts();
  const dialog = useRef<HTMLElement>(null);
  const [outcome, setOutcome] = useState<Outcome | ''>('');
  const [note, setNote] = useState('');
  useEffect(() => {
    const element = dialog.current as FluentDialog | null;
    if (!element) return;
    const toggled = (e: Event): void => {
      if ((e as CustomEvent<{ newState: string }>).detail?.newState === 'closed') close();
    };
    element.addEventListener('toggle', toggled);
    element.show();
    return () => element.removeEventListener('toggle', toggled);
  }, []);
  const confirm = (): void => {
    end(outcome, note.trim());
    (dialog.current as FluentDialog | null)?.hide();
  };
  return (
    <fluent-dialog id="end-dialog" ref={dialog} type="modal" aria-label={t('end.heading')}>
      <fluent-dialog-body>
        <h2 slot="title">{t('end.heading')}</h2>
        <p class="what">{t('end.what')}</p>
        <OutcomePicker label={t('end.outcome')} outcome={outcome} onOutcome={setOutcome} note={note} onNote={setNote} />
        <fluent-button slot="action" id="end-back" onClick={() => (dialog.current as FluentDialog | null)?.hide()}>{t('end.back')}</fluent-button>
        <fluent-button slot="action" id="end-confirm" appearance="primary" onClick={confirm}>{t('end.confirm')}</fluent-button>
      </fluent-dialog-body>
    </fluent-dialog>
  );
}
