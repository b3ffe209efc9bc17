// Received bytes on their way to a reader that may be slow, while their source cannot be paused.

import { Duplex, type Readable } from 'node:stream'
import { AppError } from '../../shared/errors'
import type { Holder, ReceiveBudget } from './budget'

/** A queue of received bytes in front of a Readable, on the budget. The Readable's `_read` must call `pump`. */
export class HeldBytes implements Holder {
  readonly #budget: ReceiveBudget
  readonly #onStalled: (error: AppError) => void
  #chunks: Buffer[] = []
  #heldBytes = 0
  #isEnded = false
  #wantsData = false

  /** `onStalled` is called once if the budget takes the reader away; what was held is gone by then. */
  constructor(budget: ReceiveBudget, onStalled: (error: AppError) => void) {
    this.#budget = budget
    this.#onStalled = onStalled
  }

  get heldBytes(): number {
    return this.#heldBytes
  }

  stalled(): void {
    this.drop()
    this.#onStalled(
      new AppError(
        'reader-stalled',
        'A local program stopped reading while data kept coming. Its connection was closed; connect again.',
      ),
    )
  }

  /** Takes received bytes and passes on what the reader wants. Ignored after `end` and `drop`. */
  take(reader: Readable, chunk: Buffer): void {
    if (this.#isEnded) return
    this.#chunks.push(chunk)
    this.#heldBytes += chunk.length
    this.#budget.hold(this, chunk.length)
    if (this.#wantsData) this.pump(reader)
  }

  /** Nothing more will come: the reader gets end-of-file behind what is held. */
  end(reader: Readable): void {
    if (this.#isEnded) return
    this.#isEnded = true
    if (this.#wantsData) this.pump(reader)
  }

  /** Passes bytes to `reader` until it wants no more. */
  pump(reader: Readable): void {
    this.#wantsData = true
    while (this.#wantsData) {
      const chunk = this.#chunks.shift()
      if (chunk === undefined) break
      this.#heldBytes -= chunk.length
      this.#budget.release(this, chunk.length)
      this.#wantsData = reader.push(chunk)
    }
    if (this.#isEnded && this.#wantsData && this.#chunks.length === 0) {
      this.#wantsData = false
      reader.push(null)
    }
  }

  /** Forgets what is held: the reader is gone. */
  drop(): void {
    const bytes = this.#heldBytes
    this.#isEnded = true
    this.#chunks = []
    this.#heldBytes = 0
    if (bytes > 0) this.#budget.release(this, bytes)
  }
}

/**
 * A connection of a port session: its readable half holds what the far end sent, on the budget.
 * allowHalfOpen: a local program that has finished writing may still await its answer, and the reverse.
 */
export abstract class HeldDuplex extends Duplex {
  readonly #held: HeldBytes

  constructor(budget: ReceiveBudget) {
    super({ allowHalfOpen: true })
    this.#held = new HeldBytes(budget, (error) => this.destroy(error))
    // It may fail before anybody has opened it; who does later, finds it destroyed with its error.
    this.on('error', () => undefined)
  }

  /** Takes bytes from the far end. */
  receive(bytes: Buffer): void {
    if (bytes.length > 0 && !this.destroyed) this.#held.take(this, bytes)
  }

  /** The far end has hung up: end-of-file behind what is held. */
  remoteEnded(): void {
    this.#held.end(this)
  }

  override _read(): void {
    this.#held.pump(this)
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#held.drop()
    callback(error)
  }
}
