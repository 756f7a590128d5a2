import type { RecordingCompleted, StandaloneSDK, Voice } from '../desk-host/dynamics';
import type { MockWorkspace } from './workspace';

/** Microsoft.CCaaS.StandaloneSDK: the recording of calls, which completes later than it was asked. */
export class MockStandaloneSDK implements StandaloneSDK {
  private readonly handlers = new Map<string, (data: RecordingCompleted) => void>();
  private readonly paused = new Set<string>();
  private count = 0;

  constructor(private readonly workspace: MockWorkspace) {}

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
    const call = this.workspace.conversation(liveWorkItemId);
    if (call?.channel !== 'voice' || call.closed) throw new Error('This is no call that goes on');
    if (!call.recorded) throw new Error('Recording is not enabled');
    this.workspace.keep(pause ? 'recordingPaused' : 'recordingStarted', { liveWorkItemId });
    if (pause) this.paused.add(liveWorkItemId);
    else this.paused.delete(liveWorkItemId);
    setTimeout(() => this.handlers.forEach((hear) => hear({ liveWorkItemId, result: true, currentState: pause ? 'paused' : 'in-progress' })));
  }
}
