// Takes the output of each session of this process, for its recording and its drains, under the rule of its environment.
//
//   off      not recorded, unless a person begins it
//   ask      the same; the view that shows the terminal asks the person
//   always   recorded from the first byte; a session that cannot be recorded is not opened
//
// A capture is of one session. Disposing it ends recording and drains of that session.

import { AppError } from '../../../shared/errors'
import type { EnvironmentRef, Identity } from '../../../shared/model/environment'
import type { CaptureKind, RecordingRule, RecordingView } from '../../../shared/model/recording'
import type { TerminalSize } from '../../../shared/model/terminal'
import type { Settings } from '../../../shared/settings'
import { settledWithin } from '../async/closing'
import type { Capture, CaptureSubject, Capturing } from './capture'
import { operatorOf } from './operator'

/** GetCallerIdentity answers within a second. Without an answer the account is "". */
const IDENTITY_MS = 5_000

/** The drains of this process. */
export interface Draining extends Capturing {
  /** The names of the drains that the output of an environment goes to. */
  names(of: Pick<CaptureSubject, 'ref' | 'environment' | 'region'>): readonly string[]
}

/** What begins recordings. */
interface Recorder {
  /** Rejects with `recording-failed`. `changed` is called after each change of the view. */
  begin(
    subject: CaptureSubject,
    changed: () => void,
  ): Promise<{ readonly capture: Capture; readonly view: RecordingView }>
}

/** What captures need. */
export interface CapturesOptions {
  readonly recorder: Recorder
  readonly draining?: Draining
  /** The rule of an environment. */
  readonly ruleOf: (environment: string, region: string) => RecordingRule
  readonly settings: () => Pick<Settings, 'userName' | 'userEmail'>
}

/** What is captured, as far as its owner knows it. */
export interface Captured {
  readonly kind: CaptureKind
  readonly ref: EnvironmentRef
  readonly environment: {
    readonly name: string
    readonly region: string
    identity(signal: AbortSignal): Promise<Identity>
  }
  readonly target: string
  readonly targetName: string
  readonly operationId: string
  readonly size: TerminalSize
  /** See `CaptureSubject`. */
  readonly sessionId: () => string
}

/** What a capture is begun with. */
export interface BeginCapture {
  readonly signal: AbortSignal
  /** Called when the view has changed. Must not throw. */
  readonly changed: () => void
  /** Records from the first byte, also where the rule is not `always`. */
  readonly isRecorded?: boolean
}

/** The capture of one session. */
export interface SessionCapture extends Capture {
  /** What a person is shown. */
  readonly view: { readonly recording?: RecordingView; readonly drains?: readonly string[] }
  /** Begins or ends the recording. Rejects with `recording-failed`; with `usage` where the environment is always recorded. */
  record(isOn: boolean): Promise<void>
}

/** The captures of one process. */
export class Captures {
  readonly #options: CapturesOptions

  constructor(options: CapturesOptions) {
    this.#options = options
  }

  /**
   * Begins to take the output of a session, before it is opened. Asks AWS for the identity only where the output goes to a drain. Rejects
   * with `drain-unreachable` and `recording-failed`, which forbid the session, and with the reason of the signal.
   */
  async begin(wanted: Captured, options: BeginCapture): Promise<SessionCapture> {
    return this.beginFor(await this.#subjectOf(wanted, options.signal), options)
  }

  /** The same where the subject is known, as that of a command line. */
  async beginFor(subject: CaptureSubject, options: BeginCapture): Promise<SessionCapture> {
    const { draining, ruleOf, recorder } = this.#options
    const isAlways = ruleOf(subject.environment, subject.region) === 'always'
    const drains = await draining?.begin(subject, options.signal)
    const capture = new RunningCapture({
      subject,
      recorder,
      isAlways,
      drains,
      drainNames: drains === undefined ? [] : (draining?.names(subject) ?? []),
      changed: options.changed,
    })
    try {
      options.signal.throwIfAborted()
      if (isAlways || options.isRecorded === true) await capture.begin()
      return capture
    } catch (error) {
      await capture[Symbol.asyncDispose]()
      throw error
    }
  }

  async #subjectOf({ environment, ...wanted }: Captured, signal: AbortSignal): Promise<CaptureSubject> {
    const { draining, settings } = this.#options
    const { name, region } = environment
    const isDrained = (draining?.names({ ref: wanted.ref, environment: name, region }).length ?? 0) > 0
    const limit = AbortSignal.any([signal, AbortSignal.timeout(IDENTITY_MS)])
    const identity = isDrained ? await environment.identity(limit).catch(() => undefined) : undefined
    const { name: operationUserName, email: operationUserEmail } = operatorOf(identity?.arn, settings())
    const account = identity?.accountId ?? ''
    return { ...wanted, environment: name, region, account, operationUserName, operationUserEmail }
  }
}

interface RunningOptions {
  readonly subject: CaptureSubject
  readonly recorder: Recorder
  readonly isAlways: boolean
  readonly drains: Capture | undefined
  readonly drainNames: readonly string[]
  readonly changed: () => void
}

class RunningCapture implements SessionCapture {
  readonly #options: RunningOptions
  #size: TerminalSize
  #recording: Awaited<ReturnType<Recorder['begin']>> | undefined
  /** The last call of `record`: each waits for the one before. */
  #recorded: Promise<void> = Promise.resolve()
  #isOver = false

  constructor(options: RunningOptions) {
    this.#options = options
    this.#size = options.subject.size
  }

  get view(): SessionCapture['view'] {
    const { drainNames } = this.#options
    const recording = this.#recording?.view
    return {
      ...(recording === undefined ? {} : { recording }),
      ...(drainNames.length === 0 ? {} : { drains: drainNames }),
    }
  }

  /** Begins the recording. Rejects with `recording-failed`. */
  async begin(): Promise<void> {
    const { recorder, subject, changed } = this.#options
    if (this.#recording !== undefined) return
    const begun = await recorder.begin({ ...subject, size: this.#size }, changed)
    if (this.#isOver) {
      await begun.capture[Symbol.asyncDispose]()
      return
    }
    this.#recording = begun
    changed()
  }

  record(isOn: boolean): Promise<void> {
    const { isAlways, subject, changed } = this.#options
    if (!isOn && isAlways) {
      const where = `${subject.environment} in ${subject.region}`
      const text = `Sessions of ${where} are always recorded. Change that under Settings, then open a new session.`
      return Promise.reject(new AppError('usage', text))
    }
    const done = this.#recorded.then(async () => {
      if (isOn) {
        await this.begin()
        return
      }
      const recording = this.#recording
      this.#recording = undefined
      await recording?.capture[Symbol.asyncDispose]()
      changed()
    })
    this.#recorded = done.catch(() => undefined /* the caller gets the rejection */)
    return done
  }

  output(bytes: Uint8Array): void {
    this.#recording?.capture.output(bytes)
    this.#options.drains?.output(bytes)
  }

  resize(size: TerminalSize): void {
    if (size.cols === this.#size.cols && size.rows === this.#size.rows) return
    this.#size = size
    this.#recording?.capture.resize(size)
    this.#options.drains?.resize(size)
  }

  resumed(pausedMs: number): void {
    this.#recording?.capture.resumed(pausedMs)
    this.#options.drains?.resumed(pausedMs)
  }

  room(): Promise<void> | undefined {
    return this.#options.drains?.room()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    const ends = [this.#recording?.capture, this.#options.drains].map((capture) => capture?.[Symbol.asyncDispose]())
    // Recordings and drains bound their own ends. This bound is for a `record` that is still under way.
    await settledWithin(Promise.allSettled([...ends, this.#recorded]), END_MS)
    if (this.#recording === undefined) return
    this.#recording = undefined
    this.#options.changed()
  }
}

/** Recordings take 2 s at most. */
const END_MS = 4_000
