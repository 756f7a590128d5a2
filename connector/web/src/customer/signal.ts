// The small sign of how the connection does. Words come when the level changes and when it is pressed.
import { qualityKey, qualityNow, type Quality } from '../live';
import type { Translate } from '../i18n';
import { h } from '../ui/dom';

export class Signal {
  readonly element: HTMLButtonElement;
  private told: Quality | undefined;
  private connected = true;
  private said = '';

  constructor(private readonly t: Translate, private readonly agent: () => string, private readonly say: (text: string) => void) {
    const bars = h('span', { class: 'signal', 'aria-hidden': true }, h('i'), h('i'), h('i'));
    this.element = h('button', { class: 'icon-button signal-button', type: 'button', hidden: true, onclick: () => say(this.element.title) }, bars);
  }

  tell(quality: Quality): void {
    this.told = quality;
    this.show();
  }

  setConnected(connected: boolean): void {
    this.connected = connected;
    this.show();
  }

  private show(): void {
    const now = qualityNow(this.told, this.connected);
    this.element.hidden = !now;
    if (!now) return;
    const words = this.t(qualityKey(now), { agent: this.agent() });
    const all = now.rtt > 0 ? `${words}. ${this.t('quality.answers', { ms: now.rtt })}` : words;
    this.element.dataset['level'] = now.level;
    this.element.title = all;
    this.element.setAttribute('aria-label', all);
    this.speak(now, words);
  }

  /** Who is away is said at the top of the page already. */
  private speak(now: Quality, words: string): void {
    const before = this.said;
    this.said = now.level === 'slow' ? words : '';
    if (this.said && this.said !== before) this.say(words);
    if (before && now.level === 'good') this.say(words);
  }
}
