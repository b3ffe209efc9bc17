// The attendance of a command to a session at its holder: what it is told, and the bytes of a shell. The other end of attended.ts.
//
// Owns the line. Output is taken at the pace of its reader.

import { PassThrough, type Readable } from 'node:stream'
import { deferred } from '../../../shared/deferred'
import { AppError, fromWireError } from '../../../shared/errors'
import type { TerminalSize } from '../../../shared/model/terminal'
import { encodeFrames, encodeWord, FrameKind, type Frame } from './line/frames'
import type { Line } from './line/line'
import { readHolderWord, type HolderWord } from './line/words'

/** What an attending command hears. */
export interface AttendanceOptions {
  readonly line: Line
  /** Called with the first word, once the session is open. Must not throw. */
  readonly opened: (word: Extract<HolderWord, { kind: 'listening' | 'shell' }>) => void
  /** Called with what a person should know of. Must not throw. */
  readonly told: (text: string) => void
}

/** An attendance to a session at its holder: the session lives as long as this. */
export class Attendance {
  readonly #line: Line
  readonly #options: AttendanceOptions
  readonly #end = deferred<{ readonly text: string; readonly exitCode: undefined }>()
  readonly #output = new PassThrough()
  readonly #errors = new PassThrough()

  /** Owns the line from here on. */
  constructor(options: AttendanceOptions) {
    const { line } = options
    this.#options = options
    this.#line = line
    // An unhandled rejection would end the process. Callers may ignore how it ended.
    this.#end.promise.catch(() => undefined)
    for (const stream of [this.#output, this.#errors]) stream.on('drain', () => this.#drained())
    line.listen((frame) => this.#take(frame))
    void line.closed.then((fault) => this.#closed(fault))
  }

  /** Bytes of standard output of a shell; ends with the session. */
  get output(): Readable {
    return this.#output
  }

  /** Bytes of standard error of a shell; ends with the session. */
  get stderr(): Readable {
    return this.#errors
  }

  /** Resolves with how the session ended, "" for no word. Rejects with the error that ended it, and with `not-running`. */
  get ended(): Promise<{ readonly text: string; readonly exitCode: undefined }> {
    return this.#end.promise
  }

  /** Types into a shell; resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void> {
    return this.#line.send(encodeFrames(FrameKind.input, bytes))
  }

  /** Tells the size of the terminal. A shell is opened once it was told. */
  resize({ cols, rows }: TerminalSize): void {
    void this.#line.send(encodeWord({ kind: 'size', cols, rows }))
  }

  /** Leaves: the holder ends the session. */
  leave(): void {
    this.#line.destroy()
  }

  #take({ kind, bytes }: Frame): void {
    switch (kind) {
      case FrameKind.word:
        this.#hear(readHolderWord(bytes))
        return
      case FrameKind.output:
        if (!this.#output.write(bytes)) this.#line.pause()
        return
      case FrameKind.errors:
        if (!this.#errors.write(bytes)) this.#line.pause()
        return
      case FrameKind.input:
        throw new AppError('protocol', 'The other Culvert types into this one. Use the same version.')
    }
  }

  #hear(word: HolderWord): void {
    switch (word.kind) {
      case 'listening':
      case 'shell':
        this.#options.opened(word)
        return
      case 'told':
        this.#options.told(word.text)
        return
      case 'ended':
        if (word.error === undefined) this.#end.resolve({ text: word.text, exitCode: undefined })
        else this.#end.reject(fromWireError(word.error))
    }
  }

  #drained(): void {
    if (!this.#output.writableNeedDrain && !this.#errors.writableNeedDrain) this.#line.resume()
  }

  #closed(fault: AppError | undefined): void {
    this.#output.end()
    this.#errors.end()
    const text = 'The Culvert that carries the session has ended, and the session with it. Run culvert authorize again.'
    this.#end.reject(fault ?? new AppError('not-running', text))
  }
}
