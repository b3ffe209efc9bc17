// Several captures of one session as one. Owns them.

import type { TerminalSize } from '../../../shared/model/terminal'
import type { Capture } from './capture'

/** The session waits for a capture that is being begun once more output than this waits for that capture. */
const MAX_WAITING_BYTES = 8 * 1_024 * 1_024

/** Gives the same output to all of its captures. */
export class Combined implements Capture {
  readonly #captures: Capture[] = []
  /** Captures that are being begun while the session runs, and the output that waits for them. */
  readonly #coming = new Set<{ missed: Uint8Array[]; bytes: number; readonly done: Promise<void> }>()

  /** Adds a capture, which gets the output from now on. */
  add(capture: Capture): void {
    this.#captures.push(capture)
  }

  /** Adds a capture that is being begun; it also gets the output from now on. `failed` is called with the error if `coming` rejects. */
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
