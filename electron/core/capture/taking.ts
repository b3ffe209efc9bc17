// Takes the output that a command line hands over: the app's end of the line. The other end is handing.ts.
//
// The command line lives as long as its session, and so does the line. Nothing is read while a required drain has no room: the command
// line then waits as a terminal does.

import { AppError, toWireError } from '../../../shared/errors'
import { deferred } from '../../../shared/deferred'
import { encodeWord, FrameKind, type Frame } from '../authorizations/line/frames'
import type { Line } from '../authorizations/line/line'
import type { Captures, SessionCapture } from './captures'
import { readCommandWord, type AppWord, type CommandWord } from './words'

/** Carries one line to its end. Owns it. Never rejects. `signal` ends it when the app closes. */
export async function takeOutput(line: Line, captures: Captures, signal: AbortSignal): Promise<void> {
  const taking = new Taking(line, captures, signal)
  await taking.done
}

class Taking {
  readonly done: Promise<void>
  readonly #line: Line
  readonly #captures: Captures
  readonly #life = new AbortController()
  readonly #over = deferred()
  #sessionId = ''
  #capture: SessionCapture | undefined
  /** Frames that came while the capture was being begun. */
  #early: Frame[] | undefined
  #isBegun = false

  constructor(line: Line, captures: Captures, signal: AbortSignal) {
    this.#line = line
    this.#captures = captures
    const end = (): void => line.destroy()
    signal.addEventListener('abort', end, { once: true, signal: this.#life.signal })
    line.listen((frame) => this.#take(frame))
    void line.closed.then(() => this.#over.resolve())
    if (signal.aborted) end()
    this.done = this.#end()
  }

  #take(frame: Frame): void {
    const { kind, bytes } = frame
    if (this.#early !== undefined) this.#early.push(frame)
    else if (kind === FrameKind.word) this.#hear(readCommandWord(bytes))
    else if (kind === FrameKind.output) this.#output(bytes)
    else throw new AppError('protocol', 'The other Culvert sent what this one does not know. Use the same version.')
  }

  #hear(word: CommandWord): void {
    switch (word.kind) {
      case 'begin':
        if (this.#isBegun) throw new AppError('protocol', 'The other Culvert began twice. Use the same version.')
        this.#isBegun = true
        void this.#begin(word)
        return
      case 'size':
        this.#capture?.resize({ cols: word.cols, rows: word.rows })
        return
      case 'resumed':
        this.#capture?.resumed(word.pausedMs)
        return
      case 'session':
        this.#sessionId = word.sessionId
        return
      case 'end':
        this.#over.resolve()
    }
  }

  async #begin({ subject, isRecorded }: Extract<CommandWord, { kind: 'begin' }>): Promise<void> {
    this.#early = []
    this.#line.pause()
    try {
      const whole = { ...subject, sessionId: () => this.#sessionId }
      const options = { signal: this.#life.signal, changed: () => undefined, isRecorded }
      const capture = await this.#captures.beginFor(whole, options)
      // The command line has ended meanwhile: it is too late for #end.
      if (this.#life.signal.aborted) return await capture[Symbol.asyncDispose]()
      this.#capture = capture
      const { recording, drains = [] } = capture.view
      this.#say({ kind: 'begun', isRecorded: recording !== undefined, drains: [...drains] })
    } catch (error) {
      const { code, message } = toWireError(error)
      this.#say({ kind: 'refused', error: { code, message } })
      this.#over.resolve()
    }
    const early = this.#early
    this.#early = undefined
    this.#line.resume()
    try {
      for (const frame of early) this.#take(frame)
    } catch {
      this.#line.destroy()
    }
  }

  #output(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#capture?.output(bytes)
    const room = this.#capture?.room()
    if (room === undefined) return
    this.#line.pause()
    void room.then(() => this.#line.resume())
  }

  #say(word: AppWord): void {
    void this.#line.send(encodeWord(word))
  }

  async #end(): Promise<void> {
    await this.#over.promise
    this.#life.abort(new AppError('not-running', 'The command line has ended.'))
    const problem = this.#capture?.view.recording?.problem
    await this.#capture?.[Symbol.asyncDispose]()
    this.#say({ kind: 'ended', ...(problem === undefined ? {} : { problem }) })
    await this.#line.end()
  }
}
