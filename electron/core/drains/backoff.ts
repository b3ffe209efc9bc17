// How long a drain waits after a failed attempt: 0.5 s doubling to 60 s, or longer where the destination asks for it.
//
// A connection that breaks soon after another one has broken counts as a failed attempt, although it took what was sent: a syslog receiver
// that accepts each connection and resets it would else be sent the same again without a pause.

import { AppError } from '../../../shared/errors'
import { doubled } from '../async/doubling'
import type { Clock } from './time/clock'

const FIRST_RETRY_MS = 500
const MAX_RETRY_MS = 60_000

/** Twice the longest wait. */
const SOON_MS = 120_000

/** The waits of one drain. */
export class Backoff {
  readonly #clock: Clock
  #failures = 0
  #brokeAt: number | undefined
  #breaks = 0
  #isBroken = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** An attempt has failed. Answers how long to wait for the next one. */
  failed(retryAfterMs: number): number {
    const doublings = Math.max(this.#failures, this.#breaks)
    this.#failures = Math.min(this.#failures + 1, 20)
    return Math.max(retryAfterMs, doubled(FIRST_RETRY_MS, MAX_RETRY_MS, doublings))
  }

  /** An attempt has succeeded. */
  succeeded(): void {
    this.#failures = 0
  }

  /** A connection has broken after it took records. */
  broke(): void {
    const now = this.#clock.now()
    this.#breaks = this.#brokeAt !== undefined && now - this.#brokeAt < SOON_MS ? this.#breaks + 1 : 0
    this.#brokeAt = now
    this.#isBroken = this.#breaks > 0
  }

  /** Throws `network` once after a break that came soon after another. */
  check(): void {
    if (!this.#isBroken) return
    this.#isBroken = false
    throw new AppError('network', 'The connection was lost soon after it was opened: check the log of the receiver.')
  }

  /** The drain was changed: what was before does not count. */
  reset(): void {
    this.#failures = 0
    this.#breaks = 0
    this.#brokeAt = undefined
    this.#isBroken = false
  }
}
