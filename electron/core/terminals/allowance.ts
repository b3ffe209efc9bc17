// How long a saved target allows one session of a terminal: after that Culvert ends the session.
//
// By the wall clock: a timer stops while the computer sleeps, and the session would stay open for longer.

import { AppError } from '../../../shared/errors'
import { spanWords } from '../../../shared/status'

/** How often the clock is looked at. */
const LOOK_MS = 3_000

/** What a saved target allows. */
export interface Allowed {
  /** The name of the saved target. */
  readonly by: string
  readonly ms: number
}

/** A session whose time is limited. Disposing stops its clock. */
export class Allowance implements Disposable {
  /** Epoch ms. */
  readonly endsAt: number
  readonly #timer: NodeJS.Timeout

  /** Begins now. `over` is called once the time has passed, with the error that a person reads; it must not throw. */
  constructor(
    { by, ms }: Allowed,
    { now, over }: { readonly now: () => number; readonly over: (error: AppError) => void },
  ) {
    this.endsAt = now() + ms
    this.#timer = setInterval(
      () => {
        if (now() < this.endsAt) return
        clearInterval(this.#timer)
        const text = `The saved target "${by}" allows ${spanWords(ms)}, and that has passed. Reconnect to go on.`
        over(new AppError('session-ended', text))
      },
      Math.min(ms, LOOK_MS),
    )
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
