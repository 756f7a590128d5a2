// Turns picture messages and binary frames into pixels on a canvas.
import type { Picture } from './messages';
import { stills } from './codecs';
import { parseFrame, type PictureFrame } from './frame';
import { Stills } from './stills';

/** More undecoded pictures than this and the newest one would be seconds old: start again at a key frame. */
const queueLimit = 24;
/** The service honours one request per second. */
const askEvery = 1_000;

interface PictureEvents {
  /** Ask the service for a key frame. */
  needKeyframe: () => void;
  /** A picture stands on the canvas. */
  drawn: () => void;
}

export class PictureDecoder {
  private readonly context: CanvasRenderingContext2D;
  private decoder: VideoDecoder | undefined;
  private current: Picture | undefined;
  private waitForKey = true;
  private asked = -Infinity;
  private recovered = -Infinity;
  private restart: ReturnType<typeof setTimeout> | undefined;
  private readonly stills = new Stills({ draw: (picture) => this.draw(picture, picture.width, picture.height), failed: () => this.askKeyframe() });

  constructor(private readonly canvas: HTMLCanvasElement, private readonly events: PictureEvents) {
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('no 2d canvas');
    this.context = context;
  }

  /** A new generation: what comes next is encoded anew, perhaps otherwise and in another size. */
  begin(picture: Picture): void {
    this.current = picture;
    this.waitForKey = true;
    this.stopDecoder();
    if (picture.codec !== stills) this.startDecoder(picture.codec);
  }

  push(buffer: ArrayBuffer): void {
    const frame = parseFrame(buffer);
    if (!frame || frame.generation !== this.current?.generation) return;
    if (this.current.codec === stills) this.stills.push(frame.data);
    else this.decode(frame);
  }

  /** What has come so far and is not drawn yet never is. */
  forget(): void {
    this.stills.forget();
  }

  /** Takes the picture away: an agent must not go on seeing a paused page. */
  clear(): void {
    this.context.fillStyle = '#fff';
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  close(): void {
    this.current = undefined;
    this.stopDecoder();
  }

  private decode(frame: PictureFrame): void {
    const decoder = this.decoder;
    if (!decoder) return;
    if (decoder.decodeQueueSize > queueLimit) this.waitForKey = true;
    if (this.waitForKey && !frame.key) {
      this.askKeyframe();
      return;
    }
    this.waitForKey = false;
    decoder.decode(new EncodedVideoChunk({ type: frame.key ? 'key' : 'delta', timestamp: frame.timestamp, data: frame.data }));
  }

  private startDecoder(codec: string): void {
    const decoder = new VideoDecoder({
      output: (picture) => {
        if (decoder === this.decoder) this.draw(picture, picture.displayWidth, picture.displayHeight);
        picture.close();
      },
      error: () => {
        if (decoder === this.decoder) this.recover(codec);
      },
    });
    decoder.configure({ codec, optimizeForLatency: true });
    this.decoder = decoder;
  }

  /** Starts anew at a key frame, at most once a second: a browser that cannot decode after all must not spin. */
  private recover(codec: string): void {
    this.decoder = undefined; // an errored decoder is closed already
    this.waitForKey = true;
    this.restart = setTimeout(() => {
      this.startDecoder(codec);
      this.askKeyframe();
    }, Math.max(0, this.recovered + askEvery - performance.now()));
    this.recovered = performance.now();
  }

  private stopDecoder(): void {
    clearTimeout(this.restart);
    this.stills.forget();
    if (this.decoder && this.decoder.state !== 'closed') this.decoder.close();
    this.decoder = undefined;
  }

  private draw(picture: VideoFrame | ImageBitmap, width: number, height: number): void {
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.context.drawImage(picture, 0, 0);
    this.events.drawn();
  }

  private askKeyframe(): void {
    const now = performance.now();
    if (now - this.asked < askEvery) return;
    this.asked = now;
    this.events.needKeyframe();
  }
}
