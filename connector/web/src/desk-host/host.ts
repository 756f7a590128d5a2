import { dynamicsDesk } from './dynamicsdesk';
import { Frames } from './frames';
import { hostText } from './texts';
import { conversationOfTab, findWorkspace, watchConversations } from './workspace';
import { sessionEvents } from './sessionevents';

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

/** Puts the product into container and joins it to a desk that signs launches. */
export function mount(container: HTMLElement, options: HostOptions): Host {
  const workspace = findWorkspace(window);
  const desk = dynamicsDesk({ service: options.service, company: options.company, sendDirectly: true }, workspace);
  const frames = new Frames(container, {
    ...desk,
    opening: async (conversation) => `launch=${encodeURIComponent(await options.launch(conversation))}`,
    actions: (conversation, frame) => {
      const around = desk.actions(conversation, frame);
      const events = sessionEvents(workspace.window);
      return { ...around, live: events.live, ended: () => { around.ended(); events.ended(); } };
    },
  }, hostText());
  const fixed = options.conversation || conversationOfTab(location.search);
  const stop = fixed ? () => undefined : watchConversations(workspace, { focused: (c) => frames.show(c), closed: (c) => frames.drop(c) });
  if (fixed) frames.show(fixed);
  return {
    close() {
      stop();
      frames.close();
    },
  };
}
