// For the end of Culvert: the error of late requests, a wait with a bound, and work that ends after its request was answered.

import { AppError } from '../../../shared/errors'

/** The error of a request that comes while Culvert is closing: `not-running`. */
export function closingError(): AppError {
  return new AppError('not-running', 'Culvert is closing: start it again, then try again.')
}

/** Resolves once `work` has resolved or rejected, or after `ms`. Does not stop the work. Never rejects. */
export function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    work.then(finish, finish)
  })
}

/** Work that goes on after its request was answered, such as ending a session. The owner awaits it when it is disposed. */
export class Ends {
  readonly #ends = new Set<Promise<void>>()

  /** Keeps `work` until it has resolved or rejected, and resolves then. Never rejects. */
  add(work: PromiseLike<unknown>): Promise<void> {
    const end = settled(work)
    this.#ends.add(end)
    void end.then(() => this.#ends.delete(end))
    return end
  }

  /** Resolves once all work has settled, also work that is added while this waits. */
  async idle(): Promise<void> {
    while (this.#ends.size > 0) await Promise.all(this.#ends)
  }
}

async function settled(work: PromiseLike<unknown>): Promise<void> {
  try {
    await work
  } catch {
    // The caller that started the work has been told of the failure.
  }
}
