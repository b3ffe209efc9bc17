// The output of the shell that is measured: how much there was, and whether a mark was in it.
//
// Keeps the newest characters only, in which marks are searched.

import { deferred, type Deferred } from '../../../shared/deferred'

/** A mark, and the prompt behind it. */
const TAIL_CHARACTERS = 2_000

/** Counts what a shell prints, and tells when it has printed a mark. */
export class Printed {
  #bytes = 0
  #tail = ''
  #wanted: { readonly mark: string; readonly found: Deferred<boolean> } | undefined

  /** The number of bytes so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** Takes output in order. */
  take(output: Buffer): void {
    this.#bytes += output.length
    const text = this.#tail + output.toString('latin1')
    if (this.#wanted !== undefined && text.includes(this.#wanted.mark)) this.#wanted.found.resolve(true)
    this.#tail = text.slice(-TAIL_CHARACTERS)
  }

  /** Resolves true once `mark` was printed, false after `ms`. One mark at a time. */
  async has(mark: string, ms: number): Promise<boolean> {
    if (this.#tail.includes(mark)) return true
    const found = deferred<boolean>()
    this.#wanted = { mark, found }
    const timer = setTimeout(() => found.resolve(false), ms)
    try {
      return await found.promise
    } finally {
      clearTimeout(timer)
      this.#wanted = undefined
    }
  }
}
