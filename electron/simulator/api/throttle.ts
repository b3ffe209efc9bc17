// A token bucket: how AWS limits the calls of an account. Pure but for its own count.
//
// Source: EC2 API reference, "Request throttling"; Systems Manager publishes no numbers.

/** Calls a second, and how many may come at once after a pause. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** One bucket. `now` is in ms and never goes back. */
export class TokenBucket {
  readonly #rate: Rate
  #tokens: number
  #filledAt: number | undefined

  constructor(rate: Rate) {
    this.#rate = rate
    this.#tokens = rate.burst
  }

  /** Whether a call may go on now; takes its token. */
  take(now: number): boolean {
    const { perSecond, burst } = this.#rate
    const sinceMs = now - (this.#filledAt ?? now)
    this.#filledAt = now
    this.#tokens = Math.min(burst, this.#tokens + (sinceMs / 1_000) * perSecond)
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
