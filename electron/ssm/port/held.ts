// Holds received bytes for a reader that may be slow. Their source, the channel, cannot be paused.
//
// The queue is ours and not the Readable's own buffer: that one counts bytes and not memory. A million pieces of one byte are
// 1 MB by its `readableLength`, and 219 MB of memory with Node 20; in blocks they are 1 MB of both. The budget would let a peer that
// sends single bytes fill 200 times what it allows.

import { Duplex, type Readable } from 'node:stream'
import { AppError } from '../../../shared/errors'
import { Blocks } from './blocks'
import type { Holder, ReceiveBudget } from './budget'
import { ownBytes } from '../codec/ownbytes'

/** A queue of received bytes in front of a Readable, on the budget. The Readable's `_read` must call `pump`. */
class HeldBytes implements Holder {
  readonly #budget: ReceiveBudget
  readonly #onStalled: (error: AppError) => void
  readonly #blocks = new Blocks()
  #isEnded = false
  #wantsData = false

  /** `onStalled` is called once if the budget takes the reader away; what was held is gone by then. */
  constructor(budget: ReceiveBudget, onStalled: (error: AppError) => void) {
    this.#budget = budget
    this.#onStalled = onStalled
  }

  /** The memory that the queue takes. */
  get heldBytes(): number {
    return this.#blocks.capacityBytes
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

  /** Takes received bytes, and passes them on while the reader wants data. Does nothing after `end` and `drop`. */
  take(reader: Readable, chunk: Buffer): void {
    if (this.#isEnded) return
    if (this.#wantsData && this.#blocks.isEmpty) {
      this.#wantsData = reader.push(ownBytes(chunk))
      return
    }
    const before = this.heldBytes
    this.#blocks.push(chunk)
    this.#budget.hold(this, this.heldBytes - before)
  }

  /** Nothing more will come: the reader gets end-of-file behind the held bytes. */
  end(reader: Readable): void {
    if (this.#isEnded) return
    this.#isEnded = true
    if (this.#wantsData) this.pump(reader)
  }

  /** Passes bytes to `reader` until it wants no more. */
  pump(reader: Readable): void {
    this.#wantsData = true
    while (this.#wantsData) {
      const before = this.heldBytes
      const bytes = this.#blocks.shift()
      if (bytes === undefined) break
      this.#budget.release(this, before - this.heldBytes)
      this.#wantsData = reader.push(bytes)
    }
    if (this.#isEnded && this.#wantsData && this.#blocks.isEmpty) {
      this.#wantsData = false
      reader.push(null)
    }
  }

  /** The reader is gone: drops the held bytes. */
  drop(): void {
    const bytes = this.heldBytes
    this.#isEnded = true
    this.#blocks.clear()
    if (bytes > 0) this.#budget.release(this, bytes)
  }
}

/** The high-water mark of a Readable in front of `HeldBytes`: one piece. All others wait in `HeldBytes`, where they are counted. */
const READER_BUFFER_BYTES = 1

/**
 * A connection of a port session: its readable half holds what the far end sent, on the budget.
 * allowHalfOpen: a local program that has finished writing may still await its answer, and the reverse.
 */
export abstract class HeldDuplex extends Duplex {
  readonly #held: HeldBytes

  /** `onStalled` absent: a reader that stalls beyond the budget destroys the connection with the error. */
  constructor(budget: ReceiveBudget, onStalled?: (error: AppError) => void) {
    super({ allowHalfOpen: true, readableHighWaterMark: READER_BUFFER_BYTES })
    this.#held = new HeldBytes(budget, (error) => {
      this.destroy(onStalled === undefined ? error : undefined)
      onStalled?.(error)
    })
    // The stream may fail before `open` has returned it. Its error is kept in `errored`; without this listener the process would end.
    this.on('error', () => undefined)
  }

  /** Takes bytes from the far end. */
  receive(bytes: Buffer): void {
    if (bytes.length > 0 && !this.destroyed) this.#held.take(this, bytes)
  }

  /** The far end has hung up: the reader gets end-of-file behind the held bytes. */
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

/** Received bytes that go to a reader only, as a shell's output does. It ends, or is destroyed without an error. */
export class HeldOutput extends HeldDuplex {
  /** `onStalled` is told when the reader stalls beyond the budget. What was held is gone then. */
  constructor(budget: ReceiveBudget, onStalled: (error: AppError) => void) {
    super(budget, onStalled)
    this.end()
  }
}
