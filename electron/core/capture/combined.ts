// Several captures of one session as one. Owns them.

import type { TerminalSize } from '../../../shared/model/terminal'
import type { Capture } from './capture'

/** With more output than this for a capture that is on its way, the session waits until it has come. */
const MAX_WAITING_BYTES = 8 * 1_024 * 1_024

/** Captures that are told the same. */
export class Combined implements Capture {
  readonly #captures: Capture[] = []
  /** Captures that are begun while the session runs, and what they have missed meanwhile. */
  readonly #coming = new Set<{ missed: Uint8Array[]; bytes: number; readonly done: Promise<void> }>()

  /** Adds a capture: it gets what comes from now on. */
  add(capture: Capture): void {
    this.#captures.push(capture)
  }

  /** Adds a capture that is on its way: it gets what comes from now on, too. `failed` is told why it does not come. */
  addLater(coming: Promise<Capture>, failed: (error: unknown) => void): void {
    const arrived = (capture: Capture): void => {
      for (const bytes of entry.missed) capture.output(bytes)
      this.#coming.delete(entry)
      this.add(capture)
    }
    const done = coming.then(arrived, (error: unknown) => {
      this.#coming.delete(entry)
      failed(error)
    })
    const entry: { missed: Uint8Array[]; bytes: number; readonly done: Promise<void> } = { missed: [], bytes: 0, done }
    this.#coming.add(entry)
  }

  output(bytes: Uint8Array): void {
    for (const capture of this.#captures) capture.output(bytes)
    for (const coming of this.#coming) {
      coming.bytes += bytes.length
      coming.missed.push(bytes)
    }
  }

  resize(size: TerminalSize): void {
    for (const capture of this.#captures) capture.resize(size)
  }

  resumed(pausedMs: number): void {
    for (const capture of this.#captures) capture.resumed(pausedMs)
  }

  room(): Promise<void> | undefined {
    const rooms = this.#captures.flatMap((capture) => capture.room() ?? [])
    for (const { bytes, done } of this.#coming) if (bytes > MAX_WAITING_BYTES) rooms.push(done)
    return rooms.length === 0 ? undefined : Promise.all(rooms).then(() => undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#coming].map(({ done }) => done))
    await Promise.all(this.#captures.map((capture) => capture[Symbol.asyncDispose]()))
  }
}
