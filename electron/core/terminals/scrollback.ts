// The newest output of one terminal, for a window that is opened or reloaded later.
//
// Each byte has an offset since the terminal began. So a window can ask for exactly the bytes that it misses, and notices when some
// of them are no longer kept.

/** The bytes that are kept of each terminal. */
const KEPT_BYTES = 4 * 1_024 * 1_024

/** A bounded tail of a byte stream. */
export class Scrollback {
  readonly #keptBytes: number
  #chunks: Buffer[] = []
  #startOffset = 0
  #endOffset = 0

  constructor(keptBytes: number = KEPT_BYTES) {
    this.#keptBytes = keptBytes
  }

  /** The offset of the next byte. */
  get endOffset(): number {
    return this.#endOffset
  }

  /** Adds `bytes`, which must not change afterwards. Drops the oldest whole chunks above the limit. */
  append(bytes: Buffer): void {
    this.#chunks.push(bytes)
    this.#endOffset += bytes.length
    while (this.#endOffset - this.#startOffset > this.#keptBytes && this.#chunks.length > 1) {
      this.#startOffset += this.#chunks.shift()?.length ?? 0
    }
  }

  /** The kept bytes from `offset` on. `startOffset` is larger than `offset` if the bytes in between are no longer kept. */
  read(offset: number): { readonly startOffset: number; readonly bytes: Buffer } {
    const startOffset = Math.min(Math.max(offset, this.#startOffset), this.#endOffset)
    // Searched from the end, because most windows miss only a little.
    let first = this.#chunks.length
    let firstOffset = this.#endOffset
    while (firstOffset > startOffset) {
      first -= 1
      firstOffset -= this.#chunks[first]?.length ?? firstOffset
    }
    const bytes = Buffer.concat(this.#chunks.slice(first))
    return { startOffset, bytes: bytes.subarray(startOffset - firstOffset) }
  }
}
