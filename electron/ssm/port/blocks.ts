// A queue of bytes in blocks of its own, so that what it counts is what it holds.
//
// Bytes that wait come in pieces of any size, each a view of a larger buffer. Copied behind one another, a million single
// bytes take a megabyte; kept as they came, they would take some hundred.

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

  /** Takes out the oldest bytes, at most 64 KiB, which are the caller's then; undefined where there are none. */
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

  /** The last block while it has room, else a new one: as large as is wanted, and a quarter of what is there at least. */
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
