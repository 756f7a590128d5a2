import { Bridge, type DeskActions } from './bridge';
import type { HostText } from './texts';

/** What stands around the product's frames at one desk. */
export interface Desk {
  /** The product's address, e.g. https://cobrowse.example.com */
  service: string;
  /** The slug of the desk's company: only the origins that it registered may show the product. */
  company: string;
  /** The fragment of the address that a target's frame is opened with. */
  opening(target: string): Promise<string>;
  actions(target: string, frame: FrameControl): DeskActions;
}

/** What a desk does to one of its frames. */
export interface FrameControl {
  /** Lets the frame cover the window, or gives it its place back. */
  cover(full: boolean): void;
  /** Tells it whether the recording of the call stands still. */
  recording(paused: boolean): void;
}

/** One frame. Without an address yet, or in vain, it says so in its place. */
interface Pane {
  root: HTMLElement;
  frame: HTMLIFrameElement | undefined;
  bridge: Bridge | undefined;
  actions: DeskActions;
  failed: boolean;
}

const style = `.cobrowse-host,.cobrowse-pane{position:relative;width:100%;height:100%}
.cobrowse-pane iframe{display:block;width:100%;height:100%;border:0}
.cobrowse-pane.full{position:fixed;inset:0;z-index:2147483000;background:#fff}
.cobrowse-pane[hidden]{display:none}
.cobrowse-hint{margin:0;padding:24px;font:14px/20px "Segoe UI",system-ui,sans-serif;color:#424242;text-align:center}
.cobrowse-hint button{font:inherit;padding:5px 12px;margin-top:12px;border:1px solid #d1d1d1;border-radius:4px;background:#fff;cursor:pointer}`;

/** Omnichannel wants to hear of the end before the page unloads; a frame that its page takes away hears pagehide only. */
const leaving = ['beforeunload', 'pagehide'] as const;

/**
 * The product's frames in one container: one for each target (a conversation, a case) that the agent turned to, of which one is shown. The
 * others stay as they are, so that turning elsewhere never interrupts a live session.
 */
export class Frames {
  private readonly panes = new Map<string, Pane>();
  private readonly service: string;
  private readonly empty: HTMLElement;

  constructor(private readonly container: HTMLElement, private readonly desk: Desk, private readonly t: HostText) {
    this.service = new URL(desk.service).origin;
    this.empty = hint(t('none'));
    container.classList.add('cobrowse-host');
    container.append(this.empty);
    window.addEventListener('message', this.receive);
    for (const event of leaving) window.addEventListener(event, this.leave);
  }

  show(target: string): void {
    this.empty.hidden = true;
    for (const [other, pane] of this.panes) pane.root.hidden = other !== target;
    const before = this.panes.get(target);
    if (before) {
      if (before.failed) void this.open(target, before);
      return;
    }
    const pane = this.newPane(target);
    this.panes.set(target, pane);
    this.container.append(pane.root);
    void this.open(target, pane);
  }

  drop(target: string): void {
    const pane = this.panes.get(target);
    if (!pane) return;
    pane.actions.ended();
    pane.root.remove();
    this.panes.delete(target);
    this.empty.hidden = [...this.panes.values()].some((p) => !p.root.hidden);
  }

  close(): void {
    this.leave();
    window.removeEventListener('message', this.receive);
    for (const event of leaving) window.removeEventListener(event, this.leave);
    this.panes.clear();
    this.container.replaceChildren();
  }

  private readonly receive = (e: MessageEvent): void => this.panes.forEach((p) => p.bridge?.receive(e));

  private readonly leave = (): void => this.panes.forEach((p) => p.actions.ended());

  private newPane(target: string): Pane {
    const root = document.createElement('div');
    root.className = 'cobrowse-pane';
    const control = {
      cover: (full: boolean): void => { root.classList.toggle('full', full); },
      recording: (paused: boolean): void => pane.bridge?.recording(paused),
    };
    const pane: Pane = { root, frame: undefined, bridge: undefined, actions: this.desk.actions(target, control), failed: false };
    return pane;
  }

  private async open(target: string, pane: Pane): Promise<void> {
    pane.root.replaceChildren();
    pane.failed = false;
    try {
      const frame = newFrame(`${this.service}/agent?company=${encodeURIComponent(this.desk.company)}#${await this.desk.opening(target)}`, this.t('title'));
      pane.frame = frame;
      pane.bridge = new Bridge(this.service, () => frame.contentWindow, pane.actions);
      pane.root.append(frame);
    } catch {
      pane.failed = true;
      pane.root.append(hint(this.t('failed'), this.t('again'), () => void this.open(target, pane)));
    }
  }
}

function newFrame(src: string, title: string): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.title = title;
  frame.allow = 'clipboard-write; fullscreen';
  frame.src = src;
  return frame;
}

/** A sentence in the place of the product, with something to do about it. */
export function hint(text: string, action?: string, act?: () => void): HTMLElement {
  addStyle();
  const p = document.createElement('p');
  p.className = 'cobrowse-hint';
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
