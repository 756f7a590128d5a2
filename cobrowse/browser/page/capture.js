// The capture page: films one tab and hands its frames to the encoder worker. Package browser drives it over DevTools by
// globalThis.capture and hears from it through the binding __capture(json). It lives in a hidden target that no person can reach.

/**
 * @typedef {Object} Want what to film
 * @property {string} target DevTools target id of the tab
 * @property {number} width  in device pixels, even
 * @property {number} height in device pixels, even
 * @property {number} fps
 * @property {string} codec  av1, vp9 or h264
 * @property {boolean} sound whether anybody listens
 */

/** How long a capture may stay without its first frame before Go is asked to make the page paint. */
const FIRST_FRAME_MS = 150;

const worker = new Worker('encoder.js');
const sound = new Sound((packet) => tell({ t: 'sound', ...packet }));

/** @type {MediaStreamTrack | null} */
let track = null;
/** The browser's own number of the filmed tab. */
let filmed = 0;
/** Grows with each start; what belongs to an older one is dropped. */
let turn = 0;
/** Tells Go until the first frame of the present turn is there. */
let watchdog = 0;

/** The extension's worker sleeps after 30 s without a message, and the first page of a session would wait for it to start. */
setInterval(() => void chrome.runtime.sendMessage({ t: 'ping' }).catch(() => {}), 20_000);

/** @param {object} message */
function tell(message) {
  globalThis.__capture(JSON.stringify(message));
}

worker.onmessage = ({ data }) => {
  if (data.t === 'first') {
    if (data.turn === turn) clearInterval(watchdog);
    sound.learn(data);
    return;
  }
  if (data.data) data.data = new Uint8Array(data.data).toBase64();
  tell(data);
};

/** @param {string} target */
async function chromeTab(target) {
  const targets = await chrome.debugger.getTargets();
  const found = targets.find((t) => t.id === target);
  if (!found?.tabId) throw new Error('no such tab');
  return found.tabId;
}

/** Tells Go which tabs are to be heard, and the sound whether the filmed one is. */
chrome.tabs.onUpdated.addListener(async (id, { audible }) => {
  if (audible === undefined) return;
  if (id === filmed) sound.setAudible(audible);
  const targets = await chrome.debugger.getTargets();
  tell({ t: 'audible', target: targets.find((t) => t.tabId === id)?.id, on: audible });
});

/**
 * Asks for twice the frames that are wanted: a track drops what comes too soon after the frame before, and of a page that then rests the
 * last change would never be seen. The encoder takes the newest at its own pace.
 * @param {Want} want @param {number} mine
 */
async function film(want, mine) {
  const tab = await chromeTab(want.target);
  const id = await chrome.tabCapture.getMediaStreamId({ targetTabId: tab });
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: want.sound && { mandatory: { chromeMediaSource: 'tab', chromeMediaSourceId: id } },
    video: {
      mandatory: {
        chromeMediaSource: 'tab', chromeMediaSourceId: id,
        maxWidth: want.width, maxHeight: want.height, maxFrameRate: 2 * want.fps,
      },
    },
  });
  const taken = stream.getVideoTracks()[0];
  const [heard] = stream.getAudioTracks();
  const { audible } = await chrome.tabs.get(tab);
  if (mine !== turn) {
    taken.stop();
    heard?.stop();
    return;
  }
  filmed = tab;
  if (heard) sound.take(heard, audible);
  track = taken;
  track.contentHint = 'text';
  track.onended = () => { if (mine === turn) tell({ t: 'ended' }); };
  const frames = new MediaStreamTrackProcessor({ track, maxBufferSize: 1 }).readable;
  worker.postMessage({ t: 'frames', turn: mine, frames }, [frames]);
}

function stopTrack() {
  clearInterval(watchdog);
  sound.end();
  if (track) {
    track.onended = null;
    track.stop();
    track = null;
  }
}

globalThis.capture = {
  /**
   * Films another tab, or the same one anew. Resolves when the tab is taken; its first frame may need a repaint.
   * No navigation may begin meanwhile: Chromium would drop the request and never film that tab again.
   * @param {Want} want
   */
  async start(want) {
    const mine = ++turn;
    stopTrack();
    worker.postMessage({ t: 'start', turn: mine, codec: want.codec, fps: want.fps, target: want.target });
    await film(want, mine);
    if (mine !== turn) return false;
    watchdog = setInterval(() => tell({ t: 'stalled' }), FIRST_FRAME_MS);
    return true;
  },
  /** Nobody listens any more. The picture goes on. */
  hush() {
    sound.end();
  },
  key() {
    worker.postMessage({ t: 'key' });
  },
  /**
   * Asks that the first frame captured later than this be a key.
   * @param {number} captured microseconds of the capture clock
   */
  keyAfter(captured) {
    worker.postMessage({ t: 'keyAfter', captured });
  },
  /** Says that the filmed tab has a new document: its pictures wait for its masks, but not for long. */
  hold() {
    worker.postMessage({ t: 'hold' });
  },
  /** Begins or ends the making of stills. @param {boolean} on */
  stills(on) {
    worker.postMessage({ t: 'stills', on });
  },
};
