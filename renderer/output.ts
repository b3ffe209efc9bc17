// Terminal output on its way to its screen: in order, without gaps, whatever this page has missed.
//
// The core keeps the newest output of each terminal and numbers its bytes. A screen that is attached asks for what came
// before it; so does a page whose Link was lost. What is no longer kept is marked in its place.

/** Asks the core for a terminal's output from `fromOffset` on. */
export type Replay = (
  terminalId: string,
  fromOffset: number,
) => Promise<{ readonly startOffset: number; readonly base64: string }>

interface Reader {
  readonly sink: (bytes: Uint8Array) => void
  nextOffset: number
  isCatchingUp: boolean
  /** Output that came while the replay was under way. */
  early: { readonly offset: number; readonly bytes: Uint8Array }[]
}

function decode(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

function missing(bytes: number): Uint8Array {
  // CAN ends an escape sequence whose end may be among the missing bytes; then colours are put back.
  return new TextEncoder().encode(`\u0018\u001B[0m\r\n[${bytes} bytes of earlier output are no longer kept]\r\n`)
}

/** Delivers output bytes to the screen of each terminal. Output of terminals without a screen stays in the core. */
export class OutputRouter {
  readonly #replay: Replay
  readonly #readers = new Map<string, Reader>()

  constructor(replay: Replay) {
    this.#replay = replay
  }

  /** Takes one event's bytes. */
  push(terminalId: string, offset: number, base64: string): void {
    const reader = this.#readers.get(terminalId)
    if (reader === undefined) return
    const bytes = decode(base64)
    if (reader.isCatchingUp) reader.early.push({ offset, bytes })
    else if (offset > reader.nextOffset) {
      reader.early.push({ offset, bytes })
      this.#catchUp(terminalId, reader)
    } else this.#deliver(reader, offset, bytes)
  }

  /** Gives a terminal's output to `sink`, from the oldest that is kept; returns the detach. */
  attach(terminalId: string, sink: (bytes: Uint8Array) => void): () => void {
    const reader: Reader = { sink, nextOffset: 0, isCatchingUp: false, early: [] }
    this.#readers.set(terminalId, reader)
    this.#catchUp(terminalId, reader)
    return () => {
      if (this.#readers.get(terminalId) === reader) this.#readers.delete(terminalId)
    }
  }

  /** The Link is back: whatever was said meanwhile is asked for. */
  reconnected(): void {
    for (const [terminalId, reader] of this.#readers) this.#catchUp(terminalId, reader)
  }

  #catchUp(terminalId: string, reader: Reader): void {
    if (reader.isCatchingUp) return
    reader.isCatchingUp = true
    this.#replay(terminalId, reader.nextOffset)
      .then(({ startOffset, base64 }) => {
        if (this.#readers.get(terminalId) !== reader) return
        if (startOffset > reader.nextOffset) {
          reader.sink(missing(startOffset - reader.nextOffset))
          reader.nextOffset = startOffset
        }
        this.#deliver(reader, startOffset, decode(base64))
        for (const { offset, bytes } of reader.early) this.#deliver(reader, offset, bytes)
      })
      // The terminal is closed, or the Link is lost again: then `reconnected` asks once more.
      .catch(() => undefined)
      .finally(() => {
        reader.early = []
        reader.isCatchingUp = false
      })
  }

  #deliver(reader: Reader, offset: number, bytes: Uint8Array): void {
    const fresh = bytes.subarray(Math.max(0, reader.nextOffset - offset))
    if (offset > reader.nextOffset || fresh.length === 0) return
    reader.nextOffset += fresh.length
    reader.sink(fresh)
  }
}
