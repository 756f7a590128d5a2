// The encoder worker: the newest frame wins, one encode is in flight, and a picture at rest is encoded once more at a finer
// quantizer so that its text is crisp. A page at rest costs nothing.

importScripts('stills.js', 'load.js');

/** Quantizer modes keep text sharp; H.264 has none here, so it gets a bit rate and several refinements instead. */
const CODECS = {
  av1: { codec: 'av01.0.08M.08', quantizer: 'av1', base: 32, fine: 14, worst: 56, refinements: 1 },
  vp9: { codec: 'vp09.00.40.08', quantizer: 'vp9', base: 34, fine: 16, worst: 56, refinements: 1 },
  h264: { codec: 'avc1.42E028', quantizer: '', base: 0, fine: 0, worst: 0, refinements: 4 },
};
const REST_MS = 250;
const RETRY_MS = 1000;
const CAP_BITS = 1_500_000;
const EWMA_S = 0.5;
/** A key at least this often among pictures, so that recordings can be sought: ten seconds of motion. At rest there is none. */
const KEY_EVERY_S = 10;
/** How long the pictures of a new document are kept back: its masks stand by then, and one key serves everybody. */
const HOLD_MS = 300;

let turn = 0;
let mode = CODECS.av1;
let fps = 30;
let target = '';
/** @type {VideoEncoder | null} */
let encoder = null;
let width = 0;
let height = 0;

// A tab's frames carry the machine's monotonic clock, in microseconds: it is the capture clock. What repeats a frame keeps its time.
/** @type {{frame: VideoFrame, captured: number} | null} the newest frame that waits */
let pending = null;
/** @type {{frame: VideoFrame, captured: number} | null} the newest frame that was encoded */
let last = null;
/** When the picture of the one encode in flight was captured; 0 when there is none. */
let inFlight = 0;

let wantKey = true;
let keyAfter = Infinity;
let heldUntil = 0;
let sinceKey = 0;
let lastStamp = 0;
let quantizer = 0;
let bits = 0;
let bitsAt = 0;
let refined = 0;
let restTimer = 0;
/** When the encode of a moving picture began; 0 when the one in flight is none. */
let movingSince = 0;
/** When the newest picture was begun, by performance.now(): the next one waits its turn. */
let begunAt = -Infinity;
let paceTimer = 0;
/** How much earlier than its turn a picture may be: frames do not come evenly. */
const EARLY_MS = 4;

const stills = new Stills(() => last, (still) => postMessage({ t: 'still', ...still }, [still.data]));

const load = new Load((slow) => postMessage({ t: 'rate', fps: rate(), reason: slow ? 'load' : '' }));

onmessage = ({ data }) => {
  switch (data.t) {
    case 'start': return start(data);
    case 'frames': return readFrames(data.frames, data.turn);
    case 'key': wantKey = true; return pump();
    case 'keyAfter': keyAfter = data.captured; return undefined;
    case 'hold': return hold();
    case 'stills': return stills.want(data.on);
  }
};

function start(data) {
  turn = data.turn;
  fps = data.fps;
  target = data.target;
  forget();
  if (mode !== CODECS[data.codec]) {
    mode = CODECS[data.codec];
    closeEncoder();
  }
  // A new tab is a new generation even when its size is the same.
  width = 0;
}

function forget() {
  pending?.frame.close();
  last?.frame.close();
  pending = last = null;
  wantKey = true;
  clearTimeout(restTimer);
}

/** @param {ReadableStream<VideoFrame>} frames @param {number} mine */
async function readFrames(frames, mine) {
  const reader = frames.getReader();
  let first = true;
  for (;;) {
    const { value: frame, done } = await reader.read();
    if (done) return;
    if (mine !== turn) {
      frame.close();
      continue;
    }
    if (first) {
      first = false;
      postMessage({ t: 'first', turn: mine, origin: performance.timeOrigin, captured: frame.timestamp, read: performance.now() * 1000 });
    }
    pending?.frame.close();
    pending = { frame, captured: frame.timestamp };
    refined = 0;
    clearTimeout(restTimer);
    pump();
  }
}

/** Until the masks of a new document stand its pictures are for the customer alone, and each costs the time of the first for all. */
function hold() {
  heldUntil = performance.now() + HOLD_MS;
  setTimeout(pump, HOLD_MS + 1);
}

/** Whether the newest picture is kept back. One that the gate lets through is not. */
function held() {
  return performance.now() < heldUntil && !(pending?.captured > keyAfter);
}

/** Pictures in a second, at most. */
function rate() {
  return load.slow ? fps / 2 : fps;
}

function pump() {
  if (inFlight || held()) return;
  const early = begunAt + 1000 / rate() - EARLY_MS - performance.now();
  if (pending && early > 0 && !wantKey) {
    clearTimeout(paceTimer);
    paceTimer = setTimeout(pump, Math.ceil(early));
  } else if (pending) {
    begunAt = performance.now();
    last?.frame.close();
    last = pending;
    pending = null;
    if (last.captured > keyAfter) {
      keyAfter = Infinity;
      wantKey = true;
    }
    heldUntil = 0;
    encode(Math.round(quantizer), wantKey || sinceKey > KEY_EVERY_S * fps);
  } else if (last && wantKey) {
    encode(Math.round(quantizer), true);
  }
}

/** Encodes `last`. @param {number} q @param {boolean} key */
function encode(q, key) {
  const { frame, captured } = last;
  if (frame.displayWidth !== width || frame.displayHeight !== height || !encoder) key = configure(frame);
  const stamp = Math.max(Math.round(performance.now() * 1000), lastStamp + 1);
  lastStamp = stamp;
  const options = { keyFrame: key };
  if (mode.quantizer) options[mode.quantizer] = { quantizer: q };
  inFlight = captured;
  movingSince = key || refined ? 0 : performance.now();
  sinceKey++;
  if (key) {
    wantKey = false;
    sinceKey = 0;
    refined = 0; // it is as coarse as a moving picture
  }
  const copy = new VideoFrame(frame, { timestamp: stamp });
  try {
    encoder.encode(copy, options);
  } catch (e) {
    failed(e);
  }
  copy.close();
  stills.offer();
}

/** Begins a new generation for the size of frame. Returns true: its first chunk is a key. @param {VideoFrame} frame */
function configure(frame) {
  width = frame.displayWidth;
  height = frame.displayHeight;
  if (!encoder) {
    const mine = new VideoEncoder({
      output: (chunk) => { if (mine === encoder) deliver(chunk); },
      error: (e) => { if (mine === encoder) failed(e); },
    });
    encoder = mine;
  }
  encoder.configure(settings(mode, width, height, fps));
  quantizer = mode.base;
  stills.begin();
  postMessage({ t: 'config', codec: mode.codec, width, height, target });
  return true;
}

function settings(m, w, h, rate) {
  const s = {
    codec: m.codec, width: w, height: h, framerate: rate, latencyMode: 'realtime',
    hardwareAcceleration: 'prefer-software', contentHint: 'text',
  };
  if (m.quantizer) return { ...s, bitrateMode: 'quantizer' };
  return { ...s, bitrateMode: 'variable', bitrate: CAP_BITS, avc: { format: 'annexb' } };
}

/** @param {EncodedVideoChunk} chunk */
function deliver(chunk) {
  const captured = inFlight;
  inFlight = 0;
  const data = new ArrayBuffer(chunk.byteLength);
  chunk.copyTo(data);
  postMessage({
    t: 'chunk', key: chunk.type === 'key', stamp: chunk.timestamp, captured, data,
  }, [data]);
  pace(chunk.byteLength * 8);
  if (movingSince) load.encoded(performance.now() - movingSince, performance.now());
  clearTimeout(restTimer);
  if (refined < mode.refinements) restTimer = setTimeout(refine, REST_MS);
  pump();
}

/** Keeps moving pictures below the cap by a coarser quantizer. @param {number} size in bits */
function pace(size) {
  const now = performance.now() / 1000;
  const fade = Math.exp(-(now - bitsAt) / EWMA_S);
  bits = bits * fade + size / EWMA_S;
  bitsAt = now;
  if (bits > CAP_BITS) quantizer = Math.min(mode.worst, quantizer + 3);
  else if (bits < 0.8 * CAP_BITS) quantizer = Math.max(mode.base, quantizer - 0.7);
}

function refine() {
  if (!last || pending || inFlight || held() || refined >= mode.refinements) return;
  refined++;
  encode(mode.fine, wantKey);
}

function closeEncoder() {
  if (encoder && encoder.state !== 'closed') encoder.close();
  encoder = null;
  inFlight = 0;
}

function failed(error) {
  closeEncoder();
  wantKey = true;
  postMessage({ t: 'failed', message: String(error) });
  setTimeout(pump, RETRY_MS);
}

/** The first use of an encoder is slow: do it before anybody waits. */
function prime() {
  const m = CODECS.av1;
  const canvas = new OffscreenCanvas(64, 64);
  canvas.getContext('2d').fillRect(0, 0, 64, 64);
  const frame = new VideoFrame(canvas, { timestamp: 0 });
  const throwaway = new VideoEncoder({ output() { throwaway.close(); }, error() {} });
  throwaway.configure(settings(m, 64, 64, fps));
  throwaway.encode(frame, { keyFrame: true });
  frame.close();
}
prime();
