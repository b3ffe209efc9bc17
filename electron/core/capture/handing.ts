// Hands the output of a command line to the Culvert that runs on its data directory. The other end is taking.ts.
//
// Only a required drain makes the command wait. Else a Culvert that does not take the output for too long counts as gone.

import { AppError, fromWireError } from '../../../shared/errors'
import { deferred, type Deferred } from '../../../shared/deferred'
import type { TerminalSize } from '../../../shared/model/terminal'
import { settledWithin } from '../async/closing'
import { encodeFrames, encodeWord, FrameKind } from '../authorizations/line/frames'
import type { Line } from '../authorizations/line/line'
import { openLine } from '../authorizations/line/opening'
import { socketPath } from '../lock/socketpath'
import type { Capture, CaptureSubject } from './capture'
import { CAPTURE_PATH, CAPTURE_PROTOCOL, readAppWord, type AppWord, type CommandWord } from './words'

/** Output that may wait for the app where no required drain makes the command wait. */
const MAX_UNSENT_BYTES = 8 * 1_024 * 1_024

/** How long the end of a command waits for the app to have taken everything. */
const END_MS = 5_000

type Begun = Extract<AppWord, { kind: 'begun' }>

/** The options of `handOver`. */
export interface HandingOptions {
  readonly dataDirectory: string
  readonly subject: CaptureSubject
  /** Whether to record the output, by a person's wish or by the rule. */
  readonly isRecorded: boolean
  /** Whether the command waits where the app takes nothing. */
  readonly isRequired: boolean
  /** Called once, where the app is gone before the command has ended. Must not throw. */
  readonly lost: () => void
  /** Aborts `handOver`. It has no effect once that has resolved. */
  readonly signal: AbortSignal
}

/** Output that is handed over. Disposing tells the end, and waits until the app has everything, 5 s at most. */
export interface HandedCapture extends Capture {
  readonly isRecorded: boolean
  readonly drains: readonly string[]
  /** Tells the id of the session. */
  opened(sessionId: string): void
  /** Why output is missing in the recording; known once it is disposed. */
  readonly problem: string | undefined
}

/** Begins to hand over output. Rejects with `not-running` where no Culvert runs on the data directory, and with the error of a refusal. */
export async function handOver(options: HandingOptions): Promise<HandedCapture> {
  const { dataDirectory, subject, isRecorded, signal } = options
  const gone = (): AppError => {
    const text = `Culvert is not running on ${dataDirectory}: start its window or its web page, then try again.`
    return new AppError('not-running', text)
  }
  const path = await socketPath(dataDirectory).catch(() => {
    throw gone()
  })
  const named = { subject: `The Culvert that runs on ${dataDirectory}`, gone }
  const line = await openLine({ path, url: CAPTURE_PATH, protocol: CAPTURE_PROTOCOL, ...named })
  const stop = (): void => line.destroy()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const answer = deferred<Begun>()
  answer.promise.catch(() => undefined)
  const handed = new Handed(line, options, answer)
  const { sessionId: _, ...sent } = subject
  handed.say({ kind: 'begin', subject: sent, isRecorded })
  void line.closed.then((fault) => answer.reject(fault ?? gone()))
  try {
    handed.begun = await answer.promise
    return handed
  } catch (error) {
    line.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

class Handed implements HandedCapture {
  begun: Begun | undefined
  problem: string | undefined
  readonly #line: Line
  readonly #options: HandingOptions
  readonly #answer: Pick<Deferred<Begun>, 'resolve' | 'reject'>
  readonly #ended = deferred()
  #unsent = 0
  #room: Promise<void> | undefined
  #isOver = false

  constructor(line: Line, options: HandingOptions, answer: Pick<Deferred<Begun>, 'resolve' | 'reject'>) {
    this.#line = line
    this.#options = options
    this.#answer = answer
    line.listen(({ kind, bytes }) => {
      if (kind === FrameKind.word) this.#hear(readAppWord(bytes))
    })
    void line.closed.then(() => {
      this.#ended.resolve()
      if (!this.#isOver && this.begun !== undefined) options.lost()
    })
  }

  get isRecorded(): boolean {
    return this.begun?.isRecorded === true
  }

  get drains(): readonly string[] {
    return this.begun?.drains ?? []
  }

  output(bytes: Uint8Array): void {
    this.#send(encodeFrames(FrameKind.output, bytes))
    if (!this.#options.isRequired && this.#unsent > MAX_UNSENT_BYTES) this.#line.destroy()
  }

  resize({ cols, rows }: TerminalSize): void {
    this.say({ kind: 'size', cols, rows })
  }

  resumed(pausedMs: number): void {
    this.say({ kind: 'resumed', pausedMs })
  }

  opened(sessionId: string): void {
    this.say({ kind: 'session', sessionId })
  }

  room(): Promise<void> | undefined {
    return this.#options.isRequired ? this.#room : undefined
  }

  say(word: CommandWord): void {
    this.#send(encodeWord(word))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) this.say({ kind: 'end' })
    this.#isOver = true
    await settledWithin(this.#ended.promise, END_MS)
    this.#line.destroy()
  }

  #send(frames: Buffer): void {
    if (this.#isOver) return
    this.#unsent += frames.length
    const sent = this.#line.send(frames).then(() => {
      this.#unsent = 0
      if (this.#room === sent) this.#room = undefined
    })
    this.#room = sent
  }

  #hear(word: AppWord): void {
    switch (word.kind) {
      case 'begun':
        this.#answer.resolve(word)
        return
      case 'refused':
        this.#answer.reject(fromWireError(word.error))
        return
      case 'ended':
        this.problem = word.problem
        this.#ended.resolve()
    }
  }
}
