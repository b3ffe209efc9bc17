// The capture of the output of one terminal: of one session after the other.
//
// Owns the capture of the present session, from before it is opened until the last byte of its output. A terminal without captures, as in
// tests, has an empty view.

import { randomUUID } from 'node:crypto'
import { AppError } from '../../../shared/errors'
import { deferred } from '../../../shared/deferred'
import type { TerminalSize, TerminalView } from '../../../shared/model/terminal'
import type { Captures, SessionCapture } from '../capture/captures'
import type { Environment } from '../environments/environment'
import type { ResumeProgress } from '../sessions/parts'
import type { TerminalPlace } from './parts'

/** What the capture of a terminal needs. */
export interface TerminalCaptureOptions {
  readonly captures: Captures | undefined
  readonly place: TerminalPlace
  /** Epoch ms. */
  readonly now: () => number
  /** Called when the view has changed. */
  readonly changed: () => void
  /** The session at Systems Manager; "" before it is known. */
  readonly sessionId: () => string
}

/** The capture of a terminal. */
export class TerminalCapture {
  readonly #options: TerminalCaptureOptions
  #capture: SessionCapture | undefined
  /** When the connection was lost, epoch ms. */
  #lostAt: number | undefined
  /** Whether a person has begun, ended or declined the recording of the present session. */
  #isDecided = false
  /** While a required drain has no room; resolved early where the session ends. */
  #waiting = deferred()
  #isWaiting = false

  constructor(options: TerminalCaptureOptions) {
    this.#options = options
  }

  /** What a person is shown. */
  get view(): Pick<TerminalView, 'recording' | 'drains' | 'isRecordingDecided'> {
    return { ...this.#capture?.view, ...(this.#isDecided ? { isRecordingDecided: true } : {}) }
  }

  /** Begins for a session that is about to be opened. Rejects as `Captures.begin`: the session is then not opened. */
  async begin(
    environment: Environment,
    { instance, size, signal }: { instance: TerminalView['instance']; size: TerminalSize; signal: AbortSignal },
  ): Promise<void> {
    const { captures, place, changed, sessionId } = this.#options
    await this.end()
    this.#lostAt = undefined
    this.#isDecided = false
    this.#waiting = deferred()
    this.#capture = await captures?.begin(
      {
        kind: place.captured?.kind ?? 'shell',
        ref: place.ref,
        environment,
        target: place.captured?.target ?? instance.id,
        targetName: instance.name,
        operationId: place.captured?.operationId() ?? randomUUID(),
        size,
        sessionId,
      },
      { signal, changed },
    )
    if (this.#capture !== undefined) changed()
  }

  /** Takes output as it is shown. */
  output(bytes: Uint8Array): void {
    this.#capture?.output(bytes)
  }

  resize(size: TerminalSize): void {
    this.#capture?.resize(size)
  }

  /** Notes that the connection is lost; undefined: it is back. */
  resuming(progress: ResumeProgress | undefined): void {
    if (progress !== undefined) this.#lostAt ??= progress.sinceAt
    else if (this.#lostAt !== undefined) {
      this.#capture?.resumed(Math.max(0, this.#options.now() - this.#lostAt))
      this.#lostAt = undefined
    }
  }

  /** Resolves when more output may be read; undefined: at once. */
  room(): Promise<void> | undefined {
    const room = this.#capture?.room()
    if (room === undefined) return undefined
    this.#isWaiting = true
    return Promise.race([room, this.#waiting.promise]).finally(() => {
      this.#isWaiting = false
    })
  }

  /** Begins or ends the recording of the present session, or declines it where none is under way. Rejects as `SessionCapture.record`, and with `usage` where there is none. */
  async record(isOn: boolean): Promise<void> {
    const capture = this.#capture
    if (capture === undefined) {
      throw new AppError('usage', 'This terminal has no session that could be recorded. Open a new session first.')
    }
    await capture.record(isOn)
    if (this.#isDecided || capture !== this.#capture) return
    this.#isDecided = true
    this.#options.changed()
  }

  /** The error that ended a session, with the cause where it ended because a required drain had no room for too long. */
  causeOf(error: unknown): unknown {
    if (!this.#isWaiting || !(error instanceof AppError) || error.code !== 'reader-stalled') return error
    const names = this.view.drains?.join(', ') ?? ''
    return new AppError(
      'drain-unreachable',
      `The output of this terminal must go to a drain (${names}) that had no room, and more came than Culvert holds. ` +
        'See the state of the drain under Settings, then open a new session.',
      { cause: error },
    )
  }

  /** The session ends: nothing waits for room any more. */
  release(): void {
    this.#waiting.resolve()
  }

  /** The capture of the present session, for `end`. */
  get present(): SessionCapture | undefined {
    return this.#capture
  }

  /** Ends the capture behind the last byte of its session, unless another session has begun since. Never rejects. */
  async end(capture = this.#capture): Promise<void> {
    if (capture !== this.#capture) return
    this.#capture = undefined
    this.release()
    if (capture === undefined) return
    this.#options.changed()
    await capture[Symbol.asyncDispose]()
  }
}
