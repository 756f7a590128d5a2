import type { MockWebApi } from './webapi';
import type { MockWorkspace } from './workspace';

interface Asked { mockCIF: number; method: string; args: unknown[] }

/** The organisation's side of the Channel Integration Framework, around the frame of a channel provider. */
export class MockCIFHost {
  constructor(private readonly workspace: MockWorkspace, private readonly webAPI: MockWebApi, private readonly frame: HTMLIFrameElement, private readonly open: () => string) {
    window.addEventListener('message', (e: MessageEvent<Asked>) => void this.receive(e));
  }

  /** Before the main page goes elsewhere. */
  navigate(url: string): void {
    this.post({ mockCIF: 'onpagenavigate', value: JSON.stringify({ value: url }) });
  }

  private async receive(e: MessageEvent<Asked>): Promise<void> {
    if (e.origin !== this.workspace.setup.service || e.source !== this.frame.contentWindow || !e.data.mockCIF) return;
    const { mockCIF, method, args } = e.data;
    try {
      this.post({ mockCIF, ok: true, value: JSON.stringify(await this.answer(method, args)) });
    } catch {
      this.post({ mockCIF, ok: false, value: 'The call failed' });
    }
  }

  private answer(method: string, args: unknown[]): unknown {
    this.workspace.keep(method, { args });
    switch (method) {
      case 'getEnvironment':
        return { pagetype: 'entityrecord', 'record-id': this.open(), clientUrl: location.origin, orgUniqueName: 'mock' };
      case 'setMode':
        return args[0];
      case 'setWidth':
        this.frame.style.width = `${Number(args[0])}px`;
        return args[0];
      case 'retrieveRecord':
        return this.webAPI.retrieveRecord(args[0] as string, args[1] as string, args[2] as string);
      default:
        throw new Error(`there is no ${method}`);
    }
  }

  private post(message: object): void {
    this.frame.contentWindow?.postMessage(message, this.workspace.setup.service);
  }
}
