// Feeds bytes to one screen: in small pieces, a few at a time, with a limit on the waiting bytes.
//
// xterm.js throws once 50 MB wait in it, and a background page draws almost nothing while an instance keeps printing. So
// xterm.js gets little at once, and if too much waits here the oldest bytes are dropped: a screen shows the newest. Pieces are
// small because xterm.js draws each one without a break, and the most expensive output takes it a tenth of a second per KiB.

/** Given to the screen and not yet drawn: enough to keep it busy for a frame. */
const IN_FLIGHT_BYTES = 262_144

/** The limit on waiting bytes: a whole replay, which is 4 MiB and a batch, and the output that arrives meanwhile. */
const WAITING_BYTES = 6_291_456

const PIECE_BYTES = 2_048

/** Output of a terminal and its position. */
export interface Piece {
  readonly bytes: Uint8Array
  /** The offset of the byte after these. */
  readonly endOffset: number
  /** A note about missing output, shown before the output that follows: a sequence that had begun does not continue. */
  readonly isNote: boolean
}

/** Draws a piece and calls `done` once it is drawn. */
export type Draw = (piece: Piece, done: () => void) => void

/** A note in the output that some of it is missing. CAN ends an incomplete sequence; then the colours are reset. */
function noteOf(text: string, endOffset: number): Piece {
  return { bytes: new TextEncoder().encode(`\u0018\u001B[0m\r\n[${text}]\r\n`), endOffset, isNote: true }
}

/** Gives a screen its bytes in order and at its own pace. Owns the waiting bytes. */
export class Feed {
  readonly #draw: Draw
  #waiting: Piece[] = []
  #waitingBytes = 0
  #inFlightBytes = 0
  #skippedBytes = 0

  constructor(draw: Draw) {
    this.#draw = draw
  }

  /**
   * Takes the output that ends at `endOffset`; no piece extends across `border`. Never blocks: beyond 6 MiB the oldest bytes
   * are skipped, and a note on the screen replaces them.
   */
  push(bytes: Uint8Array, endOffset: number, border = 0): void {
    const startOffset = endOffset - bytes.length
    let from = 0
    while (from < bytes.length) {
      const offset = startOffset + from
      const end = offset < border ? Math.min(offset + PIECE_BYTES, border) : offset + PIECE_BYTES
      const piece = bytes.subarray(from, end - startOffset)
      from += piece.length
      this.#add({ bytes: piece, endOffset: startOffset + from, isNote: false })
    }
    this.#drain()
  }

  /** Shows a note in place of output up to `endOffset` that is missing. */
  note(text: string, endOffset: number): void {
    this.#add(noteOf(text, endOffset))
    this.#drain()
  }

  #add(piece: Piece): void {
    this.#waiting.push(piece)
    this.#waitingBytes += piece.bytes.length
    while (this.#waitingBytes > WAITING_BYTES) {
      const length = this.#waiting.shift()?.bytes.length ?? 0
      this.#waitingBytes -= length
      this.#skippedBytes += length
    }
  }

  #drain(): void {
    while (this.#inFlightBytes < IN_FLIGHT_BYTES) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#waitingBytes -= next.bytes.length
      if (this.#skippedBytes > 0) {
        const startOffset = next.endOffset - next.bytes.length
        const note = noteOf(`${this.#skippedBytes} bytes skipped`, startOffset)
        this.#skippedBytes = 0
        this.#give(note)
      }
      this.#give(next)
    }
  }

  #give(piece: Piece): void {
    const { length } = piece.bytes
    this.#inFlightBytes += length
    this.#draw(piece, () => {
      this.#inFlightBytes -= length
      this.#drain()
    })
  }
}
