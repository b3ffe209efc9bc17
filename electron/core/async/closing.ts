// Closing: the error for late requests, the bound of a wait, and endings that outlive the answer to a request.

import { AppError } from '../../../shared/errors'

/** Culvert is being closed: nothing new is opened or changed. */
export function closingError(): AppError {
  return new AppError('not-running', 'Culvert is closing: start it again, then try again.')
}

/** Resolves once `work` has settled either way, or after `ms`. The work is not stopped by that. Never rejects. */
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

/** Endings that go on after the request for them was answered. The owner awaits them when it is disposed. */
export class Ends {
  readonly #ends = new Set<Promise<void>>()

  /** Takes `work`, whatever comes of it; resolves once it has settled. */
  add(work: PromiseLike<unknown>): Promise<void> {
    const end = settled(work)
    this.#ends.add(end)
    void end.then(() => this.#ends.delete(end))
    return end
  }

  /** Resolves once nothing is left, also of what is added meanwhile. */
  async idle(): Promise<void> {
    while (this.#ends.size > 0) await Promise.all(this.#ends)
  }
}

async function settled(work: PromiseLike<unknown>): Promise<void> {
  try {
    await work
  } catch {
    // The resource is gone either way; its caller heard of the failure.
  }
}
