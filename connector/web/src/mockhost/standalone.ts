import type { RecordingCompleted, StandaloneSDK, Voice } from '../desk-host/dynamics';

/** The calls of a workspace, and what is kept of their recordings. */
interface Calls {
  /** What is known of a call that goes on. */
  call(id: string): { recorded: boolean } | undefined;
  turned(id: string, paused: boolean): void;
}

/** Microsoft.CCaaS.StandaloneSDK: the recording of calls, which completes later than it was asked. */
export class MockStandaloneSDK implements StandaloneSDK {
  private readonly handlers = new Map<string, (data: RecordingCompleted) => void>();
  private count = 0;

  constructor(private readonly calls: Calls) {}

  // As in the real one, these belong to the class and not to the object.
  get voice(): Voice {
    return {
      startRecording: ({ liveWorkItemId }) => this.turn(liveWorkItemId, false),
      pauseRecording: ({ liveWorkItemId }) => this.turn(liveWorkItemId, true),
      onRecordingOperationCompleted: (callback) => {
        const id = `handler-${++this.count}`;
        this.handlers.set(id, callback);
        return id;
      },
    };
  }

  get utility(): StandaloneSDK['utility'] {
    return { removeEventHandlerById: (id) => this.handlers.delete(id) };
  }

  private async turn(liveWorkItemId: string, pause: boolean): Promise<void> {
    const call = this.calls.call(liveWorkItemId);
    if (!call) throw new Error('This is no call that goes on');
    if (!call.recorded) throw new Error('Recording is not enabled');
    this.calls.turned(liveWorkItemId, pause);
    setTimeout(() => this.handlers.forEach((hear) => hear({ liveWorkItemId, result: true, currentState: pause ? 'paused' : 'in-progress' })));
  }
}
