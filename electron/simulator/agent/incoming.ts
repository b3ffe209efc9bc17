// The agent's receiving side: the next expected sequence number and the buffer for messages that came early. Pure.
//
// Source: specification §4.3, agent column.

const CAPACITY = 100_000

/** What a sequence number means to the receiver. */
export type Arrival = 'expected' | 'early' | 'early-and-full' | 'duplicate'

/** Sequence state of `input_stream_data`. `T` is what the owner keeps of a message. */
export class Incoming<T> {
  readonly #early = new Map<number, T>()
  readonly #capacity: number
  #expected = 0

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity
  }

  get expected(): number {
    return this.#expected
  }

  /** Messages held in the reorder buffer. */
  get size(): number {
    return this.#early.size
  }

  classify(sequenceNumber: number): Arrival {
    if (sequenceNumber === this.#expected) return 'expected'
    if (sequenceNumber < this.#expected) return 'duplicate'
    // A second copy of a buffered message overwrites the first, so it needs no room.
    return this.#early.size < this.#capacity || this.#early.has(sequenceNumber) ? 'early' : 'early-and-full'
  }

  /** Keeps an early message until its turn. */
  hold(sequenceNumber: number, message: T): void {
    this.#early.set(sequenceNumber, message)
  }

  /** The buffered message that is expected now, if it is there. It stays until {@link advance}. */
  peek(): T | undefined {
    return this.#early.get(this.#expected)
  }

  /** The expected message was handled. */
  advance(): void {
    this.#early.delete(this.#expected)
    this.#expected += 1
  }
}
