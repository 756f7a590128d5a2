// The driver for Microsoft's contact centre inside Salesforce, ServiceNow and others: the content of the web resource msdyn_CustomCTIDriver.js, after a
// line window.cobrowseDesk = {service, company}. It adds a panel within the 400 pixels of Microsoft's widget. That desktop has no call that
// sends a message, so the agent copies the link.
import { plainID, signingIn } from './dynamicsdesk';
import { closedConversation, type EmbedSDK, type EmbedWindow, type TelephonyDriver } from './embedsdk';
import { Frames } from './frames';
import { hostText } from './texts';

const style = `.cobrowse-tab{position:fixed;right:12px;bottom:12px;z-index:2147483001;padding:7px 14px;border:0;border-radius:16px;background:#0f6cbd;color:#fff;font:600 14px/20px "Segoe UI",system-ui,sans-serif;box-shadow:0 2px 8px #0003;cursor:pointer}
.cobrowse-tab[aria-expanded=true]{top:6px;bottom:auto;padding:3px 10px;background:#fff;color:#242424;border:1px solid #d1d1d1;box-shadow:none}
.cobrowse-tab:focus-visible{outline:2px solid #000;outline-offset:1px}
.cobrowse-panel{position:fixed;inset:0;z-index:2147483000;padding-top:44px;background:#fff;box-sizing:border-box}
.cobrowse-panel[hidden]{display:none}`;

const host = window as Window & EmbedWindow;
const t = hostText();

class CobrowseDriver implements TelephonyDriver {
  private frames: Frames | undefined;
  private sdk: EmbedSDK | undefined;
  private focused = '';

  initialize(): Promise<boolean> {
    this.sdk = host.Microsoft?.CCaaS?.EmbedSDK;
    if (!host.cobrowseDesk || !this.sdk) return Promise.resolve(false);
    this.frames = new Frames(addPanel(), {
      ...host.cobrowseDesk,
      opening: (target) => Promise.resolve(signingIn(target)),
      actions: () => ({ live: () => undefined, ended: () => undefined }),
    }, t);
    return Promise.resolve(true);
  }

  bindEvents(): void {
    const conversation = this.sdk?.conversation;
    conversation?.onConversationLoaded((e) => this.turn(e.liveWorkItemId));
    conversation?.onStatusChange((e) => {
      if (e.statusCode === closedConversation) this.drop(e.liveWorkItemId);
    });
    void this.follow();
  }

  /** The SDK has no event for a switch between conversations, so it is asked once a second. */
  private async follow(): Promise<void> {
    const id = await this.sdk?.conversation.getFocusedConversationId().catch(() => '');
    if (id) this.turn(id);
    setTimeout(() => void this.follow(), 1000);
  }

  private turn(id: string): void {
    if (plainID(id) === this.focused) return;
    this.focused = plainID(id);
    this.frames?.show(this.focused);
  }

  private drop(id: string): void {
    if (plainID(id) === this.focused) this.focused = '';
    this.frames?.drop(plainID(id));
  }
}

/** A button in a corner of the widget, and what it opens over it. */
function addPanel(): HTMLElement {
  const sheet = document.createElement('style');
  sheet.textContent = style;
  const panel = document.createElement('div');
  panel.className = 'cobrowse-panel';
  panel.hidden = true;
  const button = document.createElement('button');
  button.className = 'cobrowse-tab';
  const place = document.createElement('div');
  place.style.height = '100%';
  const turn = (open: boolean): void => {
    panel.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    button.textContent = t(open ? 'close' : 'open');
  };
  turn(false);
  button.onclick = () => turn(panel.hidden === true);
  panel.append(place);
  document.head.append(sheet);
  document.body.append(panel, button);
  return place;
}

host.CCaaS = { ...host.CCaaS, CTIDriver: CobrowseDriver };
