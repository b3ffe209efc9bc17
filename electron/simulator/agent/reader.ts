// The agent's single reader: frames one after the other, and none while the handler of one of them blocks.
//
// A blocked reader is how an agent stalls when a destination does not take its data. The frames that come meanwhile are
// held up to a bound and then dropped, as a relay may drop them: the client sends them again.

import type { Handled } from './plugin'

const HELD_BYTES = 8 * 1_024 * 1_024

/** Serialises frames into `process`. */
export class Reader {
  readonly #process: (frame: Buffer) => Handled
  readonly #onBlocked: () => void
  #held: Buffer[] = []
  #heldBytes = 0
  #isBlocked = false
  #isStopped = false

  /** `onBlocked` is called each time when a handler begins to block. */
  constructor(process: (frame: Buffer) => Handled, onBlocked: () => void = () => undefined) {
    this.#process = process
    this.#onBlocked = onBlocked
  }

  get isBlocked(): boolean {
    return this.#isBlocked
  }

  /** Processes or holds a frame; false when it had to be dropped. */
  push(frame: Buffer): boolean {
    if (this.#isStopped) return false
    if (!this.#isBlocked) {
      this.#run(frame)
      return true
    }
    if (this.#heldBytes + frame.length > HELD_BYTES) return false
    this.#held.push(frame)
    this.#heldBytes += frame.length
    return true
  }

  /** Takes no more frames and forgets the held ones. */
  stop(): void {
    this.#isStopped = true
    this.#held = []
    this.#heldBytes = 0
  }

  #run(frame: Buffer): void {
    const handled = this.#process(frame)
    if (typeof handled === 'string') return
    this.#isBlocked = true
    this.#onBlocked()
    // A rejection is a handler error, which only means that the message stays unacknowledged.
    void handled.catch(() => undefined).then(() => this.#unblock())
  }

  #unblock(): void {
    this.#isBlocked = false
    while (!this.#isBlocked && !this.#isStopped) {
      const next = this.#held.shift()
      if (next === undefined) return
      this.#heldBytes -= next.length
      this.#run(next)
    }
  }
}
