// Undoes what a pseudoterminal does to the output of a program: it puts a carriage return before each line feed.
//
// The terminal adds exactly one, also where the program has written one itself, so taking one away gives back the program's bytes.
// Source: POSIX, General Terminal Interface, ONLCR.

const CARRIAGE_RETURN = 0x0d
const LINE_FEED = 0x0a

/** Restores one stream. */
export class PtyLines {
  /** Whether the last byte was a carriage return, which may belong to the next line feed. */
  #isHeld = false

  /** Takes a piece of output; returns the bytes that are certain now. */
  push(chunk: Uint8Array): Buffer {
    const out = Buffer.allocUnsafe(chunk.length + 1)
    let length = 0
    for (const byte of chunk) {
      if (this.#isHeld && byte !== LINE_FEED) {
        out[length] = CARRIAGE_RETURN
        length += 1
      }
      this.#isHeld = byte === CARRIAGE_RETURN
      if (!this.#isHeld) {
        out[length] = byte
        length += 1
      }
    }
    return out.subarray(0, length)
  }

  /** The bytes that were held back, at the end of the output. */
  end(): Buffer {
    const held = this.#isHeld ? [CARRIAGE_RETURN] : []
    this.#isHeld = false
    return Buffer.from(held)
  }
}
