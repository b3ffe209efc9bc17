// TerminateSession calls that failed for want of network or login. They are retried at the next wake.

import { asAppError } from '../../../shared/errors'
import { judge } from './resume/retry'
import type { Wakeable } from './wakeable'

// How long one attempt may take.
const ATTEMPT_MS = 10_000

/** Ends a session at the service. Rejects with an `AppError`. */
export type EndSession = (signal: AbortSignal) => Promise<void>

/**
 * Ends a session by `end` within `waitMs`. Where that fails for a reason that may pass, the call is added to `wakeables` and
 * retried at each wake until it succeeds. Never rejects.
 */
export async function endOrOwe(end: EndSession, waitMs: number, wakeables: Set<Wakeable>): Promise<void> {
  try {
    await end(AbortSignal.timeout(waitMs))
  } catch (error) {
    // A session that is gone has ended. One that the user may not end is left to the service's idle timeout.
    const verdict = judge(asAppError(error))
    if (verdict !== 'gone' && verdict !== 'final') wakeables.add(new OwedEnd(end, wakeables))
  }
}

class OwedEnd implements Wakeable {
  readonly #end: EndSession
  readonly #wakeables: Set<Wakeable>
  #isTrying = false

  constructor(end: EndSession, wakeables: Set<Wakeable>) {
    this.#end = end
    this.#wakeables = wakeables
  }

  reached(): void {
    this.wake()
  }

  wake(): void {
    if (this.#isTrying) return
    this.#isTrying = true
    this.#end(AbortSignal.timeout(ATTEMPT_MS)).then(
      () => this.#wakeables.delete(this),
      (error: unknown) => {
        this.#isTrying = false
        const verdict = judge(asAppError(error))
        if (verdict === 'gone' || verdict === 'final') this.#wakeables.delete(this)
      },
    )
  }
}
