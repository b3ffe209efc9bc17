// Bytes on their way into one screen: in small pieces, a few at a time, and a limit to what waits.
//
// xterm.js throws once 50 MB wait in it, and a page in the background draws next to nothing while an instance goes on
// talking. So little is given to it at once, and of what waits here the oldest gives way: the newest is what a screen shows.
// Pieces are small because xterm.js draws each in one go, and the costliest output takes it a tenth of a second for each KiB.

/** Given to the screen and not yet drawn: enough to keep it busy for a frame. */
const IN_FLIGHT_BYTES = 262_144

/** What may wait: a whole replay, which is 4 MiB and a batch, and what comes meanwhile. */
const WAITING_BYTES = 6_291_456

const PIECE_BYTES = 2_048

/** Output of a terminal, with its place in it. */
export interface Piece {
  readonly bytes: Uint8Array
  /** The offset of the byte behind these. */
  readonly endOffset: number
  /** Marks missing output before the output that follows. A sequence that was begun before the gap ends there. */
  readonly isNote: boolean
}

/** Draws a piece and calls `done` once it is drawn. */
export type Draw = (piece: Piece, done: () => void) => void

/** Says in the output that some of it is missing. CAN ends a sequence whose end is not there; then colours are put back. */
function noteOf(text: string, endOffset: number): Piece {
  return { bytes: new TextEncoder().encode(`\u0018\u001B[0m\r\n[${text}]\r\n`), endOffset, isNote: true }
}

/** Gives a screen its bytes in order and at its own pace. Owns what waits. */
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
   * Takes the output that ends at `endOffset`; no piece reaches over `border`. Never blocks: beyond 6 MiB the oldest are skipped,
   * and the screen says so in their place.
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

  /** Says in the place of output up to `endOffset` why it is not there. */
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
