// Bounds how many calls run at a time. ECS throttles an account that makes more than a few dozen each second.

import { deferred } from '../../../shared/deferred'

/** Lets at most `most` pieces of work run at once; the others wait in their order. */
export class Gate {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(most: number) {
    this.#free = most
  }

  /** Runs a piece of work when it is its turn. Settles as the work does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) {
      this.#free -= 1
    } else {
      const turn = deferred<void>()
      this.#waiting.push(() => turn.resolve())
      await turn.promise
    }
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
