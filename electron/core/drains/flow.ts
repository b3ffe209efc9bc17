// Whether output flows fast into a drain, and the wait until it no longer does.
//
// A terminal comes first: a burst of output is written to the spool, and sent once the burst is over, or once much waits. Encoding and
// sending would else take the time that the terminal needs. Slow output is sent at once.

import { waited, type Clock } from './time/clock'

/** Output is fast when more than this comes within a window. No person reads that much. */
const FAST_BYTES = 262_144
const WINDOW_MS = 250

/** The share of a spool that may wait for the end of a burst. */
const MAX_SHARE = 0.25

/** The output that flows into one drain. */
export class Flow {
  readonly #clock: Clock
  #beganAt = 0
  #bytes = 0
  /** When output was fast last; undefined: never. */
  #fastAt: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts output that has come. */
  took(bytes: number): void {
    const now = this.#clock.now()
    if (!isWithin(this.#beganAt, now)) {
      this.#beganAt = now
      this.#bytes = 0
    }
    this.#bytes += bytes
    if (this.#bytes > FAST_BYTES) this.#fastAt = now
  }

  /** Resolves once no output flows fast, once a quarter of the spool waits, and where `signal` ends it. Never rejects. */
  async calm(share: () => number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && isWithin(this.#fastAt, this.#clock.now()) && share() < MAX_SHARE) {
      await waited(this.#clock, WINDOW_MS, signal)
    }
  }
}

/** Whether `at` is less than a window ago. A clock that was set back is no reason to wait. */
function isWithin(at: number | undefined, now: number): boolean {
  return at !== undefined && now >= at && now - at < WINDOW_MS
}
