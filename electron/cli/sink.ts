// Wraps stdout or stderr: writes can be awaited, and a reader that goes away does no harm.

import type { Writable } from 'node:stream'

/** A stream to print to. Once its reader is gone, output is dropped, because the command is then ending. */
export class Sink {
  readonly #stream: Writable
  #isGone = false
  /** The writes that wait for room. One listener for all: each of its own would make Node warn on stderr. */
  readonly #writes = new Set<() => void>()
  /** The callers of `flushed`. They are called when the reader has gone. */
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
    // EPIPE mostly. After any error the stream takes no more output.
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

  /** Resolves with true once everything printed so far was taken, with false where the reader has gone. Never rejects. */
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
