// Stills: JPEGs of the picture that the encoder has in hand, for viewers whose browsers decode no video. Made only while somebody wants
// them, one at a time, of the newest picture, each picture once.

const STILLS_PER_SECOND = 11;
const STILL_QUALITY = 0.7;

class Stills {
  wanted = false;
  making = false;
  timer = 0;
  /** When the newest one was begun, by performance.now(). */
  begunAt = -Infinity;
  /** Grows with each generation: what is ready only after the next one began belongs to nobody. */
  turn = 0;
  /** The frame that the newest one was made of. @type {VideoFrame | null} */
  made = null;
  canvas = new OffscreenCanvas(2, 2);

  /**
   * @param {() => {frame: VideoFrame, captured: number} | null} newest
   * @param {(still: {captured: number, stamp: number, data: ArrayBuffer}) => void} ready
   */
  constructor(newest, ready) {
    this.newest = newest;
    this.ready = ready;
  }

  /** @param {boolean} on */
  want(on) {
    this.wanted = on;
    this.made = null;
    this.offer();
  }

  /** A generation begins: its first picture is made whatever was made before. */
  begin() {
    this.turn++;
    this.made = null;
  }

  /** There may be a newer picture. */
  offer() {
    const newest = this.newest();
    if (!this.wanted || this.making || !newest || newest.frame === this.made) return;
    clearTimeout(this.timer);
    const early = this.begunAt + 1000 / STILLS_PER_SECOND - performance.now();
    if (early > 0) this.timer = setTimeout(() => this.offer(), Math.ceil(early));
    else void this.make();
  }

  async make() {
    const { frame, captured } = this.newest();
    const { turn } = this;
    this.begunAt = performance.now();
    this.making = true;
    this.made = frame;
    try {
      const blob = await this.drawn(frame).convertToBlob({ type: 'image/jpeg', quality: STILL_QUALITY });
      const data = await blob.arrayBuffer();
      if (turn === this.turn && this.wanted) this.ready({ captured, stamp: Math.round(this.begunAt * 1000), data });
    } finally {
      this.making = false;
    }
    this.offer();
  }

  /** @param {VideoFrame} frame */
  drawn(frame) {
    const { canvas } = this;
    if (canvas.width !== frame.displayWidth || canvas.height !== frame.displayHeight) {
      canvas.width = frame.displayWidth;
      canvas.height = frame.displayHeight;
    }
    canvas.getContext('2d', { alpha: false, willReadFrequently: true }).drawImage(frame, 0, 0);
    return canvas;
  }
}
