// Terminal output on its way to its screen: in order, without gaps, whatever this page has missed.
//
// The core keeps the newest output of each terminal and numbers its bytes. A screen that is attached asks for what came
// before it; so does a page whose Link was lost. Output that is no longer kept is marked as missing.

import type { TerminalOutput } from '../../shared/api/events'
import type { Replay as Replayed } from '../../shared/api/terminals'

/** Asks the core for a terminal's output from `fromOffset` on. */
export type Replay = (terminalId: string, fromOffset: number) => Promise<Replayed>

/** Takes the output of one terminal, in order. */
export interface OutputSink {
  /** Output up to byte `endOffset` follows at once; queries in it up to byte `answeredOffset` have their answer. */
  replay(endOffset: number, answeredOffset: number): void
  /** Takes the output that ends at `endOffset`. */
  take(bytes: Uint8Array, endOffset: number): void
  /** `count` bytes up to `endOffset` do not come: the core keeps them no longer. */
  missed(count: number, endOffset: number): void
}

interface Reader {
  readonly sink: OutputSink
  nextOffset: number
  isCatchingUp: boolean
  /** Output that came while the replay was under way. */
  early: { readonly offset: number; readonly bytes: Uint8Array }[]
}

/** Delivers output bytes to the screen of each terminal. Output of terminals without a screen stays in the core. */
export class OutputRouter {
  readonly #replay: Replay
  readonly #readers = new Map<string, Reader>()

  constructor(replay: Replay) {
    this.#replay = replay
  }

  /** Takes one event's bytes. */
  push({ terminalId, offset, bytes }: TerminalOutput): void {
    const reader = this.#readers.get(terminalId)
    if (reader === undefined) return
    if (reader.isCatchingUp) reader.early.push({ offset, bytes })
    else if (offset > reader.nextOffset) {
      reader.early.push({ offset, bytes })
      this.#catchUp(terminalId, reader)
    } else this.#deliver(reader, offset, bytes)
  }

  /** Gives a terminal's output from `fromOffset` on to `sink`, as far as it is kept; returns the detach. */
  attach(terminalId: string, sink: OutputSink, fromOffset = 0): () => void {
    const reader: Reader = { sink, nextOffset: fromOffset, isCatchingUp: false, early: [] }
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
      .then(({ startOffset, bytes, answeredOffset }) => {
        if (this.#readers.get(terminalId) !== reader) return
        const missed = startOffset - reader.nextOffset
        if (missed > 0) reader.sink.missed(missed, startOffset)
        reader.nextOffset = startOffset
        reader.sink.replay(startOffset + bytes.length, answeredOffset)
        this.#deliver(reader, startOffset, bytes)
        for (const early of reader.early) this.#deliver(reader, early.offset, early.bytes)
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
    reader.sink.take(fresh, reader.nextOffset)
  }
}
