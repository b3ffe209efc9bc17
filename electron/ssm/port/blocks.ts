// A queue of bytes in blocks of its own, so that its size in bytes is the memory that it takes.
//
// Pieces come in any size, each a view of a larger buffer. They are copied one behind the other: a million pieces of one byte take
// 1 MB. Kept as they came, they would take 100 MB and more.

const MIN_BLOCK_BYTES = 1_024
const MAX_BLOCK_BYTES = 65_536

interface Block {
  readonly bytes: Buffer
  used: number
}

/** Bytes in order: in at the end, out at the beginning. */
export class Blocks {
  #blocks: Block[] = []
  #capacityBytes = 0

  /** The memory that the queue takes, at least as many as there are bytes in it. */
  get capacityBytes(): number {
    return this.#capacityBytes
  }

  get isEmpty(): boolean {
    return this.#blocks.length === 0
  }

  /** Copies `bytes` in. */
  push(bytes: Buffer): void {
    let rest = bytes
    while (rest.length > 0) {
      const block = this.#room(rest.length)
      const count = rest.copy(block.bytes, block.used)
      block.used += count
      rest = rest.subarray(count)
    }
  }

  /** Takes out the oldest bytes, at most 64 KiB. The caller owns them. Undefined when the queue is empty. */
  shift(): Buffer | undefined {
    const block = this.#blocks.shift()
    if (block === undefined) return undefined
    this.#capacityBytes -= block.bytes.length
    return block.bytes.subarray(0, block.used)
  }

  clear(): void {
    this.#blocks = []
    this.#capacityBytes = 0
  }

  /** The last block while it has room, else a new one of at least the wanted size and a quarter of the queue. */
  #room(wantedBytes: number): Block {
    const last = this.#blocks.at(-1)
    if (last !== undefined && last.used < last.bytes.length) return last
    const grown = Math.max(MIN_BLOCK_BYTES, wantedBytes, this.#capacityBytes >> 2)
    const block = { bytes: Buffer.allocUnsafeSlow(Math.min(grown, MAX_BLOCK_BYTES)), used: 0 }
    this.#blocks.push(block)
    this.#capacityBytes += block.bytes.length
    return block
  }
}
