// The terminal's keys, and who gets them: the shell, or a question for as long as it is asked.
//
// Two readers of one terminal would share its keys at random, so there is one, and this is it. Owns whether the terminal is raw.

import { PassThrough, type Readable } from 'node:stream'
import type { ReadStream } from 'node:tty'

/** Takes keys, and gives back those behind the last that it wanted. */
type Hearing = (keys: Buffer) => Buffer

/** Stdin, where it is a terminal. */
export class Keyboard {
  readonly #input: ReadStream
  #rawHolds = 0
  #isListening = false
  #hear: Hearing | undefined
  #keys: PassThrough | undefined

  constructor(input: ReadStream) {
    this.#input = input
  }

  /** Whether somebody holds it raw. */
  get isRaw(): boolean {
    return this.#rawHolds > 0
  }

  /** Raw until the last who holds it lets go: every key comes as it is typed, also Ctrl-C, and is not shown. */
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

  /** Sets the terminal to what its holders want, in case that another program has changed it. */
  setRaw(): void {
    // A terminal that has hung up cannot be set, and need not be.
    if (!this.#input.destroyed) this.#input.setRawMode(this.isRaw)
  }

  /** Every key that goes to no question, from now on, at the pace of the reader; ends with the terminal. Call it once. */
  keys(): Readable {
    const keys = new PassThrough()
    this.#keys = keys
    keys.on('drain', () => this.#input.resume())
    this.#input.on('end', () => keys.end())
    this.#input.on('error', (error) => keys.destroy(error))
    this.#listen()
    return keys
  }

  /**
   * Gives all keys to `hear` until the answer is called, also while whoever reads `keys` takes none; what `hear` gives back goes
   * the ordinary way. `leave` is called where the terminal ends before. One at a time.
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
    const rest = this.#hear === undefined ? chunk : this.#hear(chunk)
    if (rest.length > 0 && this.#keys?.write(rest) === false) this.#input.pause()
  }
}
