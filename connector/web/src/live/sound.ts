// Plays the sound of the shared page. Browsers let a page make sound only after a press in it, so it is off until somebody turns it on.
import { parseSound } from './frame';
import type { ClientMessage } from './messages';

/** A packet is heard so many seconds after it came: that much later the next one may be. */
const lead = 0.08;
/** What would be heard later than this is left out: the picture has gone on. */
const most = 0.2;

/** When a packet is heard that comes now; undefined for never. `next` is when those before it have been heard. */
export function playAt(next: number, now: number): number | undefined {
  if (next < now) return now + lead;
  return next <= now + most ? next : undefined;
}

export class Sound {
  /** Whether this browser can play it. */
  static possible(): boolean { return 'AudioDecoder' in globalThis && 'AudioContext' in globalThis; }

  private context: AudioContext | undefined;
  private decoder: AudioDecoder | undefined;
  private next = 0;

  constructor(private readonly send: (message: ClientMessage) => boolean) {}

  get on(): boolean { return this.context !== undefined; }

  /** Call from a press. */
  turn(on: boolean): void {
    if (on === this.on) return;
    if (on) {
      this.context = new AudioContext({ latencyHint: 'interactive' });
      void this.context.resume();
    } else {
      this.close();
    }
    this.send({ type: 'sound', on });
  }

  /** A connection begins without sound. */
  welcomed(): void {
    if (this.on) this.send({ type: 'sound', on: true });
  }

  push(buffer: ArrayBuffer): void {
    const packet = parseSound(buffer);
    if (!packet || !this.context) return;
    this.decoder ??= this.makeDecoder(this.context);
    this.decoder.decode(new EncodedAudioChunk({ type: 'key', timestamp: packet.timestamp, data: packet.data }));
  }

  /** What is being decoded is not heard any more. */
  forget(): void {
    if (this.decoder && this.decoder.state !== 'closed') this.decoder.close();
    this.decoder = undefined;
  }

  close(): void {
    this.forget();
    void this.context?.close();
    this.context = undefined;
  }

  private makeDecoder(context: AudioContext): AudioDecoder {
    const decoder = new AudioDecoder({
      output: (data) => {
        if (context === this.context) this.play(context, data);
        data.close();
      },
      error: () => {
        if (decoder === this.decoder) this.decoder = undefined; // the next packet begins anew
      },
    });
    decoder.configure({ codec: 'opus', sampleRate: 48_000, numberOfChannels: 2 });
    return decoder;
  }

  private play(context: AudioContext, data: AudioData): void {
    const at = playAt(this.next, context.currentTime);
    if (at === undefined) return;
    const buffer = context.createBuffer(data.numberOfChannels, data.numberOfFrames, data.sampleRate);
    for (let planeIndex = 0; planeIndex < data.numberOfChannels; planeIndex++) {
      data.copyTo(buffer.getChannelData(planeIndex), { planeIndex, format: 'f32-planar' });
    }
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.start(at);
    this.next = at + buffer.duration;
  }
}
