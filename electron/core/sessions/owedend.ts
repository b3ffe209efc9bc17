// The end of a session that could not be told to the service: no network, no login. It is owed, and paid at the next wake.

import { asAppError } from '../../../shared/errors'
import { judge } from './retry'

// One attempt; the next wake brings another.
const ATTEMPT_MS = 10_000

/** Ends a session at the service. Rejects with an `AppError`. */
export type EndSession = (signal: AbortSignal) => Promise<void>

/** What waits for a wake; see `Wakeable`. */
interface Waiting {
  wake(): void
  reached(): void
}

/**
 * Ends a session by `end` within `waitMs`. What stands in the way and may pass is waited for among `wakeables`; nobody else has
 * to care. Never rejects.
 */
export async function endOrOwe(end: EndSession, waitMs: number, wakeables: Set<Waiting>): Promise<void> {
  try {
    await end(AbortSignal.timeout(waitMs))
  } catch (error) {
    // What is gone has ended, and what may not be ended is left to the service's idle timeout.
    const verdict = judge(asAppError(error))
    if (verdict !== 'gone' && verdict !== 'final') wakeables.add(new OwedEnd(end, wakeables))
  }
}

class OwedEnd implements Waiting {
  readonly #end: EndSession
  readonly #wakeables: Set<Waiting>
  #isTrying = false

  constructor(end: EndSession, wakeables: Set<Waiting>) {
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
