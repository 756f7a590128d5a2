import { Bridge } from './bridge';
import { conversationOfTab, findWorkspace, watchConversations, type WorkspaceWindow } from './workspace';

export interface HostOptions {
  /** The product's address, e.g. https://cobrowse.example.com */
  service: string;
  /** The slug of the desk's company: only the origins that it registered may show the product. */
  company: string;
  /** Asks the desk's own server for a signed launch. */
  launch: (conversation: string) => Promise<string>;
  /** Fixed conversation; without it the one in focus is followed. */
  conversation?: string;
}

interface Host {
  close(): void;
}

interface Pane {
  conversation: string;
  root: HTMLElement;
  frame: HTMLIFrameElement | undefined;
  bridge: Bridge | undefined;
  connected: boolean;
  failed: boolean;
}

const texts = {
  en: { title: 'Co-browse', failed: 'Co-browse could not be opened.', again: 'Try again', none: 'Open a conversation to co-browse.' },
  pt: { title: 'Co-browse', failed: 'Não foi possível abrir o co-browse.', again: 'Tentar de novo', none: 'Abra uma conversa para usar o co-browse.' },
};

const style = `.cobrowse-host,.cobrowse-pane{position:relative;width:100%;height:100%}
.cobrowse-pane iframe{display:block;width:100%;height:100%;border:0}
.cobrowse-pane.full{position:fixed;inset:0;z-index:2147483000;background:#fff}
.cobrowse-pane[hidden]{display:none}
.cobrowse-host p{margin:0;padding:24px;font:14px/20px "Segoe UI",system-ui,sans-serif;color:#424242;text-align:center}
.cobrowse-host button{font:inherit;padding:5px 12px;margin-top:12px;border:1px solid #d1d1d1;border-radius:4px;background:#fff;cursor:pointer}`;

/**
 * Puts the product into container and joins it to the workspace. Each conversation keeps its own frame while the agent works in
 * another one, so that switching never interrupts a live session.
 */
export function mount(container: HTMLElement, options: HostOptions): Host {
  const service = new URL(options.service).origin;
  const widget = `${service}/agent?company=${encodeURIComponent(options.company)}`;
  const workspace = findWorkspace(window);
  const text = navigator.language.startsWith('pt') ? texts.pt : texts.en;
  const panes = new Map<string, Pane>();
  container.classList.add('cobrowse-host');
  addStyle();
  const empty = hint(text.none);
  container.append(empty);

  const show = (conversation: string): void => {
    empty.hidden = true;
    for (const p of panes.values()) p.root.hidden = p.conversation !== conversation;
    const before = panes.get(conversation);
    if (before) {
      if (before.failed) void open(before);
      return;
    }
    const pane = newPane(conversation);
    panes.set(conversation, pane);
    container.append(pane.root);
    void open(pane);
  };

  const drop = (conversation: string): void => {
    const pane = panes.get(conversation);
    if (!pane) return;
    ended(pane, workspace);
    pane.root.remove();
    panes.delete(conversation);
    empty.hidden = [...panes.values()].some((p) => !p.root.hidden);
  };

  const open = async (pane: Pane): Promise<void> => {
    pane.root.replaceChildren();
    pane.failed = false;
    try {
      const launch = await options.launch(pane.conversation);
      pane.frame = newFrame(`${widget}#launch=${encodeURIComponent(launch)}`, text.title);
      pane.bridge = new Bridge(service, () => pane.frame?.contentWindow ?? null, actionsOf(pane, workspace));
      pane.root.append(pane.frame);
    } catch {
      pane.failed = true;
      pane.root.append(hint(text.failed, text.again, () => void open(pane)));
    }
  };

  const receive = (e: MessageEvent): void => panes.forEach((p) => p.bridge?.receive(e));
  const leave = (): void => panes.forEach((p) => ended(p, workspace));
  window.addEventListener('message', receive);
  window.addEventListener('beforeunload', leave);

  const fixed = options.conversation || conversationOfTab(location.search);
  const stop = fixed ? () => undefined : watchConversations(workspace, { focused: show, closed: drop });
  if (fixed) show(fixed);

  return {
    close() {
      stop();
      leave();
      window.removeEventListener('message', receive);
      window.removeEventListener('beforeunload', leave);
      container.replaceChildren();
    },
  };
}

function actionsOf(pane: Pane, workspace: WorkspaceWindow) {
  const chat = workspace.Microsoft?.Omnichannel;
  return {
    features: chat ? (['sendMessage', 'expand'] as const).slice() : (['expand'] as const).slice(),
    sendMessage: async (message: string): Promise<void> => {
      if (!chat) throw new Error('this desk has no conversation to write to');
      await chat.sendMessageToConversation(message, false, pane.conversation);
    },
    live: () => {
      if (pane.connected) return;
      pane.connected = true;
      workspace.dispatchEvent(new CustomEvent('CobrowseConnectedEvent', { detail: {} }));
    },
    ended: () => ended(pane, workspace),
    expand: (full: boolean) => pane.root.classList.toggle('full', full),
  };
}

function ended(pane: Pane, workspace: WorkspaceWindow): void {
  if (!pane.connected) return;
  pane.connected = false;
  workspace.dispatchEvent(new CustomEvent('CobrowseEndedEvent', { detail: {} }));
}

function newPane(conversation: string): Pane {
  const root = document.createElement('div');
  root.className = 'cobrowse-pane';
  return { conversation, root, frame: undefined, bridge: undefined, connected: false, failed: false };
}

function newFrame(src: string, title: string): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.title = title;
  frame.allow = 'clipboard-write; fullscreen';
  frame.src = src;
  return frame;
}

function hint(text: string, action?: string, act?: () => void): HTMLElement {
  const p = document.createElement('p');
  p.textContent = text;
  if (action && act) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = action;
    button.onclick = act;
    p.append(document.createElement('br'), button);
  }
  return p;
}

function addStyle(): void {
  if (document.getElementById('cobrowse-host-style')) return;
  const s = document.createElement('style');
  s.id = 'cobrowse-host-style';
  s.textContent = style;
  document.head.append(s);
}
