// Bytes on their way into one screen: a few chunks at a time, and a limit to what waits.
//
// xterm.js throws once 50 MB wait in it, and a page in the background draws next to nothing while an instance goes on
// talking. So little is given to it at once, and of what waits here the oldest gives way: the newest is what a screen shows.

/** Given to the screen and not yet drawn: enough to keep it busy for a frame. */
const IN_FLIGHT_BYTES = 262_144

/** What may wait: more than a screen and its scrollback usually hold. */
const WAITING_BYTES = 4_194_304

/** Draws bytes and calls `done` once they are drawn. */
export type Draw = (bytes: Uint8Array, done: () => void) => void

/** Gives a screen its bytes in order and at its own pace. Owns what waits. */
export class Feed {
  readonly #draw: Draw
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  #inFlightBytes = 0
  #skippedBytes = 0

  constructor(draw: Draw) {
    this.#draw = draw
  }

  /** Takes bytes. Never blocks: beyond 4 MiB the oldest are skipped, and the screen says so in their place. */
  push(bytes: Uint8Array): void {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    while (this.#waitingBytes > WAITING_BYTES && this.#waiting.length > 1) {
      const { length } = this.#waiting.shift() ?? bytes
      this.#waitingBytes -= length
      this.#skippedBytes += length
    }
    this.#drain()
  }

  #drain(): void {
    while (this.#inFlightBytes < IN_FLIGHT_BYTES && this.#waiting.length > 0) {
      if (this.#skippedBytes > 0) {
        // CAN ends an escape sequence whose end may be among the skipped bytes; then colours are put back.
        const note = `\u0018\u001B[0m\r\n[${this.#skippedBytes} bytes skipped]\r\n`
        this.#skippedBytes = 0
        this.#give(new TextEncoder().encode(note))
      }
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#waitingBytes -= next.length
      this.#give(next)
    }
  }

  #give(bytes: Uint8Array): void {
    this.#inFlightBytes += bytes.length
    this.#draw(bytes, () => {
      this.#inFlightBytes -= bytes.length
      this.#drain()
    })
  }
}
