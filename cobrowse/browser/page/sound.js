// The sound of the filmed tab, as Opus. It is asked for while somebody listens, read while the browser says that the tab is to be heard,
// and encoded while it is not silent: a silent page costs nothing.

const SOUND_BITS = 48_000;
/** A stretch of sound ends when it was silent for so long, in microseconds. */
const HUSH_US = 300_000;
/** What stays below this is silence: -80 dB. */
const QUIET = 1e-4;
/** Buffers of 10 ms: so much of what came before the browser said that there is sound is heard. When full the oldest goes. */
const KEPT = 20;

class Sound {
  /** @type {MediaStreamTrack | null} */
  track = null;
  /** @type {ReadableStreamDefaultReader<AudioData> | null} */
  reader = null;
  /** The reader that is being read. @type {ReadableStreamDefaultReader<AudioData> | null} */
  reading = null;
  audible = false;
  /** Of the present stretch. @type {AudioEncoder | null} */
  encoder = null;
  /** When there was something to hear last, by the buffers' time. */
  loudAt = 0;
  /** What turns this page's time into the pictures' stamps, and those into the capture clock. @type {{stamp: number, captured: number} | null} */
  clock = null;

  /** @param {(packet: {stamp: number, captured: number, data: string}) => void} ready */
  constructor(ready) {
    this.ready = ready;
  }

  /**
   * Learns the clocks from a picture: it was captured before it was read, so that sound never counts as later than it was.
   * @param {{origin: number, captured: number, read: number}} picture
   */
  learn({ origin, captured, read }) {
    this.clock = { stamp: (performance.timeOrigin - origin) * 1000, captured: captured - read };
  }

  /** @param {MediaStreamTrack} track @param {boolean} audible */
  take(track, audible) {
    this.end();
    this.track = track;
    this.reader = new MediaStreamTrackProcessor({ track, maxBufferSize: KEPT }).readable.getReader();
    this.setAudible(audible);
  }

  /** Whether the browser says that the tab is to be heard. It goes on saying so for two seconds. @param {boolean} on */
  setAudible(on) {
    this.audible = on;
    if (on && this.reader && this.reader !== this.reading) void this.read(this.reader);
  }

  /** Gives the track back. */
  end() {
    this.track?.stop();
    this.track = this.reader = null;
    this.rest();
  }

  /** @param {ReadableStreamDefaultReader<AudioData>} reader */
  async read(reader) {
    this.reading = reader;
    while (this.audible && reader === this.reader) {
      const { value, done } = await reader.read();
      if (done) break;
      if (reader === this.reader) this.hear(value);
      value.close();
    }
    if (reader === this.reading) this.reading = null;
    if (reader === this.reader) this.rest();
  }

  /** @param {AudioData} data */
  hear(data) {
    if (isLoud(data)) this.loudAt = data.timestamp;
    else if (!this.encoder) return;
    if (data.timestamp - this.loudAt > HUSH_US) {
      this.rest();
      return;
    }
    this.encoder ??= this.begin(data);
    if (this.encoder.state === 'configured' && this.encoder.encodeQueueSize < KEPT) this.encoder.encode(data);
  }

  /** Begins a stretch. @param {AudioData} data */
  begin(data) {
    const { reader } = this;
    const encoder = new AudioEncoder({
      output: (chunk) => { if (reader === this.reader) this.deliver(chunk); },
      error: () => { if (encoder === this.encoder) this.encoder = null; },
    });
    encoder.configure({ codec: 'opus', sampleRate: data.sampleRate, numberOfChannels: data.numberOfChannels, bitrate: SOUND_BITS });
    return encoder;
  }

  /** Ends a stretch. */
  rest() {
    const { encoder } = this;
    this.encoder = null;
    encoder?.flush().then(() => encoder.close(), () => {});
  }

  /** @param {EncodedAudioChunk} chunk */
  deliver(chunk) {
    if (!this.clock) return;
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const stamp = Math.round(chunk.timestamp + this.clock.stamp);
    this.ready({ stamp, captured: Math.round(stamp + this.clock.captured), data: data.toBase64() });
  }
}

/** @param {AudioData} data */
function isLoud(data) {
  const samples = new Float32Array(data.numberOfFrames);
  for (let planeIndex = 0; planeIndex < data.numberOfChannels; planeIndex++) {
    data.copyTo(samples, { planeIndex, format: 'f32-planar' });
    if (samples.some((s) => s > QUIET || s < -QUIET)) return true;
  }
  return false;
}
