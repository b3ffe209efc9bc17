// The newest output of one terminal, for windows that come later: after a reload, or a second one.
//
// Bytes are known by their offset since the terminal began, so that a window can ask for just what it misses, and see when
// something it misses is no longer kept.

/** What is kept of each terminal. */
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

  /** Keeps `bytes`, which must not change afterwards; the oldest give way in whole chunks. */
  append(bytes: Buffer): void {
    this.#chunks.push(bytes)
    this.#endOffset += bytes.length
    while (this.#endOffset - this.#startOffset > this.#keptBytes && this.#chunks.length > 1) {
      this.#startOffset += this.#chunks.shift()?.length ?? 0
    }
  }

  /** Everything kept from `offset` on. `startOffset` is larger than `offset` where bytes in between are no longer kept. */
  read(offset: number): { readonly startOffset: number; readonly bytes: Buffer } {
    const startOffset = Math.min(Math.max(offset, this.#startOffset), this.#endOffset)
    // From the end: a window that has missed a little asks for a little.
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
