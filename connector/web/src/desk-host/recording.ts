import type { RecordingCompleted, StandaloneSDK } from './dynamics';

/**
 * Pauses the recording of a call (and its transcription) while the customer is in a hidden field. It resumes only what it paused, and takes a
 * step when the call has completed the one before. What the call refuses is not asked again until the customer comes to the next field.
 */
export class CallRecording {
  private wanted = false;
  private paused = false;
  private asking = false;
  private handler: string | undefined;

  constructor(
    private readonly sdk: Required<StandaloneSDK>,
    private readonly liveWorkItemId: string,
    private readonly tell: (paused: boolean) => void,
  ) {}

  privately(on: boolean): void {
    this.wanted = on;
    this.handler ??= this.sdk.voice.onRecordingOperationCompleted((e) => this.completed(e));
    if (!this.asking) this.follow();
  }

  /** Resumes, also when the answer to a pause is still to come. */
  end(): void {
    if (this.handler === undefined) return;
    this.sdk.utility.removeEventHandlerById(this.handler);
    this.handler = undefined;
    if (this.paused || this.asking) this.ask(false);
    if (this.paused) this.tell(false);
    this.wanted = this.paused = this.asking = false;
  }

  private follow(): void {
    if (this.wanted !== this.paused) this.ask(this.wanted);
  }

  private ask(pause: boolean): void {
    const { voice } = this.sdk;
    const call = { liveWorkItemId: this.liveWorkItemId };
    this.asking = true;
    (pause ? voice.pauseRecording(call) : voice.startRecording(call)).catch(() => { this.asking = false; });
  }

  private completed({ liveWorkItemId, result, currentState }: RecordingCompleted): void {
    if (liveWorkItemId !== this.liveWorkItemId) return;
    const asked = this.asking;
    this.asking = false;
    const paused = currentState === 'paused' && (asked || this.paused); // a pause of the agent's own is theirs to end
    if (paused !== this.paused) this.tell(paused);
    this.paused = paused;
    if (asked && result) this.follow();
  }
}
