import { qualityKey, qualityNow } from '../live';
import type { AgentSession } from './session';
import { useTexts } from './texts';

/** How the connection does: a small sign and its milliseconds, and words when it is not good. Screen readers hear the words only. */
export function Signal({ session }: { session: AgentSession }) {
  const t = useTexts();
  const now = qualityNow(session.model.quality, session.status.kind === 'open');
  if (!now) return null;
  const words = t(qualityKey(now));
  const answers = now.rtt > 0 ? t('quality.answers', { ms: now.rtt }) : '';
  return (
    <span class="connection" data-level={now.level} title={answers ? `${words}. ${answers}` : words}>
      <span class="signal" aria-hidden="true"><i /><i /><i /></span>
      <span role="status" class={now.level === 'good' ? 'hidden' : ''}>{words}</span>
      {now.level === 'good' && now.rtt > 0 && <span aria-hidden="true">{now.rtt} ms</span>}
    </span>
  );
}
