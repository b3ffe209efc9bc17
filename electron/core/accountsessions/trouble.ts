// Why the sessions of an environment could not be asked for, and when they are asked for again.
//
// A failure that may pass by itself is tried again after 5 s, then after twice as long each time, up to 60 s. One that only a person can
// mend is not tried again.

import { toWireError, type AppError, type WireError } from '../../../shared/errors'
import { judge, passesWithTheWay } from '../sessions/resume/retry'

const FIRST_PAUSE_MS = 5_000
const MAX_PAUSE_MS = 60_000
/** A page that AWS refuses this often in a row is not asked for any more: its token lasts for minutes only. */
const MAX_REFUSALS = 3

/** The trouble of one environment. */
export class Trouble {
  #known: { readonly error: WireError; readonly retryAt?: number } | undefined
  #pauseMs = 0
  #refusals = 0

  /** The newest failure; undefined once a call has been answered. `retryAt` absent: a person must act. */
  get known(): { readonly error: WireError; readonly retryAt?: number } | undefined {
    return this.#known
  }

  /** Whether only a person can mend it. */
  get isFinal(): boolean {
    return this.#known !== undefined && this.#known.retryAt === undefined
  }

  /** Whether AWS may be asked at `nowAt`. No pause is longer than 60 s: after a clock was set back it may be asked. */
  mayAsk(nowAt: number): boolean {
    if (this.#known === undefined) return true
    const { retryAt } = this.#known
    return retryAt !== undefined && (nowAt >= retryAt || retryAt - nowAt > MAX_PAUSE_MS)
  }

  /** AWS may be asked at `nowAt`, unless only a person can mend the trouble. */
  hurry(nowAt: number): void {
    if (this.#known?.retryAt !== undefined) this.#known = { ...this.#known, retryAt: nowAt }
  }

  /** The same, if the trouble was the network or the sign-in: another session has reached AWS. */
  reached(nowAt: number): void {
    if (this.#known !== undefined && passesWithTheWay(this.#known.error)) this.hurry(nowAt)
  }

  /** A call was answered. */
  passed(): void {
    this.#known = undefined
    this.#pauseMs = 0
    this.#refusals = 0
  }

  /** A call has failed at `nowAt`. Returns whether everything should be read from the beginning. */
  failed(error: AppError, nowAt: number): boolean {
    const wire = toWireError(error)
    if (judge(error) === 'final') {
      this.#known = { error: wire }
      return false
    }
    this.#pauseMs = Math.min(MAX_PAUSE_MS, this.#pauseMs === 0 ? FIRST_PAUSE_MS : this.#pauseMs * 2)
    this.#known = { error: wire, retryAt: nowAt + this.#pauseMs }
    if (error.code !== 'service') return false
    this.#refusals += 1
    return this.#refusals % MAX_REFUSALS === 0
  }
}
