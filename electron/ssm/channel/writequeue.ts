// User bytes on their way into messages: cut to the payload size, and joined where they are small.
//
// The bytes of one session are a stream, so pieces may be cut and joined freely: small multiplexer frames travel together. No byte
// is changed: a lone line feed stays a line feed (D1).

// Most user bytes in one message: proven with every agent; larger ones are not. Source: specification §3.5.
const MAX_PAYLOAD_BYTES = 1_024

interface PendingWrite {
  rest: Buffer
  readonly done: () => void
}

/** Writes that do not fit into the store yet, in order. Each `done` is called exactly once. */
export class WriteQueue {
  #pending: PendingWrite[] = []
  #waitingBytes = 0

  get isEmpty(): boolean {
    return this.#pending.length === 0
  }

  /** Whether the next payload is a whole one: later writes could not join it. */
  get isPayloadFull(): boolean {
    return this.#waitingBytes >= MAX_PAYLOAD_BYTES
  }

  /** Appends `bytes` (not empty); they must not change until `done`. */
  push(bytes: Buffer, done: () => void): void {
    this.#pending.push({ rest: bytes, done })
    this.#waitingBytes += bytes.length
  }

  /** Hands the next payload of 1 to 1,024 bytes to `take`, then tells the writes that it completes. False when empty. */
  shift(take: (payload: Buffer) => void): boolean {
    const parts: Buffer[] = []
    const finished: PendingWrite[] = []
    let size = 0
    for (const write of this.#pending) {
      const part = write.rest.subarray(0, MAX_PAYLOAD_BYTES - size)
      parts.push(part)
      size += part.length
      write.rest = write.rest.subarray(part.length)
      if (write.rest.length === 0) finished.push(write)
      if (size === MAX_PAYLOAD_BYTES) break
    }
    const [only] = parts
    if (only === undefined) return false
    this.#pending.splice(0, finished.length)
    this.#waitingBytes -= size
    take(parts.length === 1 ? only : Buffer.concat(parts))
    for (const write of finished) write.done()
    return true
  }

  /** Calls `done` of every waiting write and sends none of them. */
  release(): void {
    this.#waitingBytes = 0
    for (const write of this.#pending.splice(0)) write.done()
  }
}
