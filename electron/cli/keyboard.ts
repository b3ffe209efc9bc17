// Delivers the terminal's keys to the shell, or to a question while it is asked.
//
// Two readers of one terminal would share its keys at random, so this is the only one. Owns whether the terminal is raw.

import { PassThrough, type Readable } from 'node:stream'
import type { ReadStream } from 'node:tty'

/** Takes keys, and returns those behind the last one that it used. */
type Hearing = (keys: Buffer) => Buffer

/** Stdin, where it is a terminal. */
export class Keyboard {
  readonly #input: ReadStream
  #rawHolds = 0
  #isListening = false
  #hear: Hearing | undefined
  #keys: PassThrough | undefined
  #edit: Hearing = (keys) => keys

  constructor(input: ReadStream) {
    this.#input = input
  }

  /** Whether it is held raw. */
  get isRaw(): boolean {
    return this.#rawHolds > 0
  }

  /** Makes it raw until the last hold is disposed of: every key comes as it is typed, also Ctrl-C, and is not shown. */
  hold(): Disposable {
    this.#rawHolds += 1
    this.setRaw()
    let isHeld = true
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return
        isHeld = false
        this.#rawHolds -= 1
        this.setRaw()
      },
    }
  }

  /** Sets raw or ordinary mode again, in case another program has changed it. */
  setRaw(): void {
    // A terminal that has hung up has no mode any more.
    if (!this.#input.destroyed) this.#input.setRawMode(this.isRaw)
  }

  /**
   * A stream of all keys from now on but those of a question, at the pace of its reader; ends with the terminal. Call it once.
   * `edit` gets each key before it waits for the reader, and returns those that the stream gets.
   */
  keys(edit: Hearing = (keys) => keys): Readable {
    const keys = new PassThrough()
    this.#keys = keys
    this.#edit = edit
    keys.on('drain', () => this.#input.resume())
    this.#input.on('end', () => keys.end())
    this.#input.on('error', (error) => keys.destroy(error))
    this.#listen()
    return keys
  }

  /**
   * Gives all keys to `hear` until the returned function is called, also while the reader of `keys` takes none. Keys that `hear`
   * returns go to `keys`. `leave` is called if the terminal ends first. One question at a time.
   */
  divert(hear: Hearing, leave: () => void): () => void {
    this.#hear = hear
    this.#input.on('end', leave)
    this.#input.on('error', leave)
    this.#listen()
    return () => {
      this.#hear = undefined
      this.#input.off('end', leave)
      this.#input.off('error', leave)
      if (this.#keys === undefined || this.#keys.writableNeedDrain) this.#input.pause()
    }
  }

  #listen(): void {
    if (!this.#isListening) this.#input.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#isListening = true
    this.#input.resume()
  }

  #take(chunk: Buffer): void {
    const rest = this.#edit(this.#hear === undefined ? chunk : this.#hear(chunk))
    if (rest.length > 0 && this.#keys?.write(rest) === false) this.#input.pause()
  }
}
