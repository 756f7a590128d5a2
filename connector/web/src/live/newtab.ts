import type { ClientMessage, ServerMessage } from './messages';

/** A tab that a person has asked for. An address that they give before it is there is meant for it, not for the page that they leave. */
export class NewTab {
  private tabs: string[] = [];
  private before: string[] | undefined;
  private address = '';

  constructor(private readonly send: (message: ClientMessage) => boolean) {}

  open(): void {
    if (this.before || !this.send({ type: 'tab', op: 'open' })) return;
    this.before = this.tabs;
    this.address = '';
  }

  navigate(tab: string, url: string): void {
    if (this.before) this.address = url;
    else this.send({ type: 'navigate', tab, url });
  }

  handle(message: ServerMessage): void {
    if (message.type === 'welcome' || message.type === 'error') this.before = undefined; // it may never come
    if (message.type !== 'tabs') return;
    this.tabs = message.tabs.map((tab) => tab.id);
    if (!this.before || this.before.includes(message.shown)) return;
    this.before = undefined;
    if (this.address) this.navigate(message.shown, this.address);
  }
}
