// Whether the sessions of a tunnel are ended from outside on purpose.
//
// A session that is ended from outside is replaced by a new one: an administrator or a script may have cleaned up. After a second such end
// within ten minutes the tunnel ends, because it was meant, and goes on only when a person turns it on again. A session that this app has
// ended itself while the forward goes on (`OwnEnds`) does not count.

import { AppError } from '../../../shared/errors'
import type { Timing } from '../sessions/timing'
import type { OwnEnds } from './ownends'

const WITHIN_MINUTES = 10

/** The ends from outside of one tunnel. */
export class OutsideEnds {
  readonly #timing: Pick<Timing, 'minuteMs'>
  readonly #ownEnds: OwnEnds | undefined
  /** Epoch ms of the end before. By the wall clock, because a computer may sleep between two ends. */
  #lastAt: number | undefined

  constructor(options: { readonly timing: Pick<Timing, 'minuteMs'>; readonly ownEnds?: OwnEnds }) {
    this.#timing = options.timing
    this.#ownEnds = options.ownEnds
  }

  /** A session of the tunnel has ended by `cause`. Throws `session-terminated` for a second end from outside within ten minutes. */
  check(sessionId: string, cause: AppError): void {
    const isOwn = this.#ownEnds?.has(sessionId) === true
    this.#ownEnds?.delete(sessionId)
    if (isOwn || cause.code !== 'session-terminated') return
    const now = Date.now()
    const sinceMs = this.#lastAt === undefined ? undefined : now - this.#lastAt
    this.#lastAt = now
    if (sinceMs === undefined || sinceMs < 0 || sinceMs > WITHIN_MINUTES * this.#timing.minuteMs) return
    throw new AppError(
      'session-terminated',
      `The session was ended from outside twice within ${WITHIN_MINUTES} minutes, by somebody who may end sessions here: no other one is opened. Ask the administrators of the account, then turn the forward on again.`,
      { cause },
    )
  }
}
