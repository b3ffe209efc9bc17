// How fast a listing calls Amazon ECS: as fast as it answers, and slower where it throttles.
//
// A call that ECS throttles is made again after a rest, and all calls keep a distance from then on: it doubles at each refusal and shrinks
// with each answer. A large account needs hundreds of calls, so a listing that began anew at each refusal would never end.
// Source: ECS API reference, "Request throttling": a token bucket for each account and region, which refills by 20 calls a second or more.

import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../../../shared/errors'

const REST_MS = 1_000
const LEAST_GAP_MS = 25
const MOST_GAP_MS = 1_000
const SHRINK = 0.98
/** Refusals of one call until the listing fails. Each stands for three attempts of the SDK. */
const MOST_REFUSALS = 8

/** The clock; tests give their own. */
export interface PaceClock {
  readonly now: () => number
  /** Rejects once `signal` is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

const realClock: PaceClock = {
  now: () => performance.now(),
  wait: async (ms, signal) => {
    await wait(ms, undefined, { signal })
  },
}

/** The pace of one account and region. Later listings begin with the distance that the last one has found. */
export class Pace {
  readonly #clock: PaceClock
  #gapMs = 0
  #nextAt = Number.NEGATIVE_INFINITY

  constructor(clock: PaceClock = realClock) {
    this.#clock = clock
  }

  /** Makes a call when it is its turn, again where it is throttled. Settles as the call does; rejects where `signal` is aborted. */
  async run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let refusals = 1; ; refusals += 1) {
      await this.#turn(signal)
      signal.throwIfAborted()
      try {
        const answer = await call()
        this.#gapMs = this.#gapMs < LEAST_GAP_MS ? 0 : this.#gapMs * SHRINK
        return answer
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'throttled' || refusals === MOST_REFUSALS) throw error
        this.#gapMs = Math.min(Math.max(this.#gapMs * 2, LEAST_GAP_MS), MOST_GAP_MS)
        this.#nextAt = Math.max(this.#nextAt, this.#clock.now() + REST_MS)
      }
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now()
    const at = Math.max(now, this.#nextAt)
    this.#nextAt = at + this.#gapMs
    if (at > now) await this.#clock.wait(at - now, signal)
  }
}
