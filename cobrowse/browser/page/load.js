// Tells from how long encodes take whether this machine keeps up, for the encoder worker: half as many pictures that come in time are
// better than all of them late.

/** An encode of a moving picture that takes longer is late for the next one of fifteen in a second. */
const SLOW_MS = 60;
/** One that takes longer says that there is no room for twice as many. */
const CALM_MS = 25;
const WINDOW_MS = 2000;
/** Fewer encodes in a window say nothing, unless they took half of it. */
const FEWEST = 8;
/** How long it must be calm before all pictures come again. Each fall doubles it: a machine that is only calm at half the pictures must not swing. */
const PATIENCE_MS = 10_000;
const MOST_PATIENCE_MS = 160_000;

class Load {
  /** Whether there should be half as many pictures. */
  slow = false;

  /** @type {{at: number, took: number}[]} */
  #recent = [];
  #lateSince = Infinity;
  #patience = PATIENCE_MS;
  #calm = 0;
  #changed;

  /** @param {(slow: boolean) => void} changed */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Takes in one encode of a moving picture. @param {number} took ms @param {number} now ms */
  encoded(took, now) {
    this.#recent = this.#recent.filter(({ at }) => now - at < WINDOW_MS);
    this.#recent.push({ at: now, took });
    this.#lateSince = this.#late() ? Math.min(this.#lateSince, now) : Infinity;
    if (this.slow) {
      if (took > CALM_MS) this.#awaitCalm();
    } else if (now - this.#lateSince >= WINDOW_MS) {
      this.#set(true);
      this.#awaitCalm();
      this.#patience = Math.min(2 * this.#patience, MOST_PATIENCE_MS);
    }
  }

  /** Whether one of twenty encodes of the window took too long. */
  #late() {
    const took = this.#recent.map((e) => e.took).sort((a, b) => a - b);
    const busy = took.reduce((sum, ms) => sum + ms, 0);
    return (took.length >= FEWEST || 2 * busy >= WINDOW_MS) && took[Math.floor(0.95 * (took.length - 1))] > SLOW_MS;
  }

  #awaitCalm() {
    clearTimeout(this.#calm);
    this.#calm = setTimeout(() => this.#set(false), this.#patience);
  }

  #set(slow) {
    this.slow = slow;
    this.#lateSince = Infinity;
    this.#changed(slow);
  }
}
