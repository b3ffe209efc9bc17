// The time of an ephemeral session, whether it is used or not: warnings before its end, and its end.
//
// By the wall clock: a timer stops while the computer sleeps, and has no room for a month.

import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import { spanWords } from '../../../shared/status'
import { ttlWords } from './plan'
import type { EphemeralTiming } from './timing'

/** What the clock of a session needs. */
export interface TimeToLiveOptions {
  /** Epoch ms. */
  readonly expiresAt: number
  readonly ttlMinutes: number
  readonly timing: Pick<EphemeralTiming, 'lookMs' | 'warnMs' | 'minuteMs'>
  readonly now: () => number
  /** Told a sentence. Must not throw. */
  readonly notice: (text: string) => void
}

/** A session whose time runs. Disposing stops its clock. */
export class TimeToLive implements Disposable {
  readonly #over = deferred<never>()
  readonly #timer: NodeJS.Timeout

  constructor({ expiresAt, ttlMinutes, timing, now, notice }: TimeToLiveOptions) {
    this.#over.promise.catch(() => undefined)
    // A warning that is longer than the whole session has no sense.
    let warnings = timing.warnMs.filter((ms) => ms < expiresAt - now())
    this.#timer = setInterval(() => {
      const left = expiresAt - now()
      const due = warnings.filter((ms) => left <= ms)
      warnings = warnings.filter((ms) => left > ms)
      if (left <= 0) {
        clearInterval(this.#timer)
        const text = `The ephemeral session has reached its time (${ttlWords(ttlMinutes)}) and was ended. Open a new one to go on.`
        this.#over.reject(new AppError('session-ended', text))
      } else if (due.length > 0) {
        const minutes = spanWords(Math.max(1, Math.round(left / timing.minuteMs)) * 60_000)
        notice(`The ephemeral session ends in ${minutes}, whether it is used or not.`)
      }
    }, timing.lookMs)
  }

  /** Rejects once the time is over. */
  get over(): Promise<never> {
    return this.#over.promise
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
