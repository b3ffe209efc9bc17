// Stdout or stderr as something that can be waited for, and that survives a reader that goes away.

import type { Writable } from 'node:stream'

/** A stream to print to. Once its reader is gone everything is swallowed: the command is then on its way out. */
export class Sink {
  readonly #stream: Writable
  #isGone = false
  /** The writes that wait for room. One listener for all: each of its own would make Node warn on stderr. */
  readonly #writes = new Set<() => void>()
  /** Those that wait until everything is taken; called where that cannot be any more. */
  readonly #flushes = new Set<() => void>()

  /** Watches `stream` for the rest of the process; `onGone` is called once, when its reader has gone. */
  constructor(stream: Writable, onGone: () => void) {
    this.#stream = stream
    const gone = (): void => {
      if (this.#isGone) return
      this.#isGone = true
      release(this.#writes)
      release(this.#flushes)
      onGone()
    }
    // EPIPE, mostly; whatever it is, nothing can be printed there again.
    stream.on('error', gone)
    stream.on('close', gone)
    stream.on('drain', () => release(this.#writes))
  }

  /** Prints, and resolves when there is room for more. Never rejects. */
  async write(data: Uint8Array | string): Promise<void> {
    if (this.#isGone || data.length === 0 || this.#stream.write(data)) return
    await new Promise<void>((resolve) => {
      if (this.#isGone) resolve()
      else this.#writes.add(resolve)
    })
  }

  /** Resolves true once everything printed so far was taken, false where nobody was there any more. Never rejects. */
  async flushed(): Promise<boolean> {
    if (this.#isGone) return false
    return new Promise((resolve) => {
      const leave = (): void => resolve(false)
      this.#flushes.add(leave)
      this.#stream.write('', (error) => {
        this.#flushes.delete(leave)
        resolve(!error)
      })
    })
  }
}

function release(waiting: Set<() => void>): void {
  for (const resolve of waiting) resolve()
  waiting.clear()
}
