// The few extension interfaces that the scripts use.

declare namespace chrome {
  namespace dom {
    function openOrClosedShadowRoot(element: Element): ShadowRoot | null;
  }
  namespace runtime {
    interface MessageSender {
      id?: string;
      tab?: { id?: number };
      documentId?: string;
    }
    const id: string | undefined;
    function getURL(path: string): string;
    function sendMessage(message: unknown): Promise<unknown>;
    const onMessage: {
      addListener(f: (message: any, sender: MessageSender, reply: (answer: unknown) => void) => boolean | void): void;
    };
  }
  namespace scripting {
    interface Injection {
      target: { tabId: number; documentIds: string[] };
      css: string;
      origin: "USER" | "AUTHOR";
    }
    function insertCSS(injection: Injection): Promise<void>;
    function removeCSS(injection: Injection): Promise<void>;
  }
}
