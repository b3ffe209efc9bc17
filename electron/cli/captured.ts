// Where the output of a command goes beside stdout: to a file that a person names (--record), and where the settings of the environment say
// so to recordings and drains.
//
// A running Culvert takes the output over the socket of the data directory. Without one the command writes the recording itself and says
// that drains get nothing; it does not begin where a drain is required. If the running Culvert ends meanwhile, the same rules apply from
// then on.

import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { WriteStream } from 'node:tty'
import { askRecording, captureSentence } from '../../shared/capturewords'
import { settingsOf } from '../../shared/environmentsettings'
import { AppError, asError } from '../../shared/errors'
import type { CaptureKind } from '../../shared/model/recording'
import { defaultSettings } from '../../shared/settings'
import type { Capture, CaptureSubject } from '../core/capture/capture'
import { Combined } from '../core/capture/combined'
import { handOver, type HandedCapture } from '../core/capture/handing'
import { operatorOf } from '../core/capture/operator'
import { readDrainFile } from '../core/drains/drainfile'
import { isOf } from '../core/drains/match'
import { ownProcess } from '../core/ledger/processname'
import { beginRecording } from '../core/recordings/begin'
import { Recordings } from '../core/recordings/recordings'
import type { ResumeProgress } from '../core/sessions/parts'
import { readSettingsFile } from '../core/store/settingsfile'
import { screenSize } from './attach'
import { environmentRefOf, type CommandContext, type Printer } from './context'
import { wordLine } from './text'
import { isConfirmed } from './yes'

/** GetCallerIdentity answers within a second. Without an answer the account is "". */
const IDENTITY_MS = 5_000

/** The session whose output is captured. */
export interface CapturedSession {
  readonly kind: CaptureKind
  readonly target: string
  readonly targetName: string
  /** The operation of an ephemeral session's task. Absent: a new id is made. */
  readonly operationId?: string
}

/** What a command prints through while its output is captured. Disposing ends the captures after the last byte. */
export interface CapturedOutput extends AsyncDisposable {
  readonly stdout: Printer
  readonly stderr: Printer
  /** Aborts with the command's own signal, and with an error where the output must be captured and no longer can be. */
  readonly signal: AbortSignal
  /** For `openShell`. */
  readonly onResuming: (progress: ResumeProgress | undefined) => void
  /** Tells the id of the session once it is known. */
  opened(sessionId: string): void
}

/**
 * Opens a session with its output captured. Both are the caller's, who disposes of the session first. Rejects as `captureOutput` and
 * `open` do; then no capture is left, nor the file of --record.
 */
export async function openCaptured<T extends { readonly sessionId: string }>(
  context: CaptureContext,
  session: CapturedSession,
  open: (captured: Pick<CapturedOutput, 'signal' | 'onResuming'>) => Promise<T>,
): Promise<{ readonly session: T; readonly captured: CapturedOutput }> {
  const captured = await captureOutput(context, session)
  try {
    const opened = await open(captured)
    captured.opened(opened.sessionId)
    return { session: opened, captured }
  } catch (error) {
    await captured[Symbol.asyncDispose]()
    const file = recordedFile(context.args)
    if (file !== undefined) await rm(file, { force: true })
    throw error
  }
}

/** What capturing needs of a command. */
export type CaptureContext = Pick<
  CommandContext,
  'environment' | 'args' | 'dataDirectory' | 'stdout' | 'stderr' | 'keyboard' | 'screen' | 'signal'
>

/** The path that --record names. */
function recordedFile(args: Pick<CommandContext['args'], 'value'>): string | undefined {
  const file = args.value('record')
  return file === undefined ? undefined : resolve(file)
}

/**
 * Begins to capture, before the session is opened. Rejects with `recording-failed` (also for a --record FILE that is there),
 * `drain-unreachable`, and `data-directory` where it cannot be known which drains are required.
 */
async function captureOutput(context: CaptureContext, session: CapturedSession): Promise<CapturedOutput> {
  const { environment, dataDirectory, args, stderr, keyboard, screen, signal } = context
  const { name, region } = environment
  const settings = await readSettingsFile(dataDirectory).catch(() => defaultSettings)
  const ref = environmentRefOf(args, environment)
  const drains = (await readDrainFile(dataDirectory)).filter(
    (drain) => drain.isEnabled && isOf(drain.environment, { ref, environment: name, region }),
  )
  const required = drains.filter(({ isRequired }) => isRequired).map((drain) => drain.name)
  const rule = settingsOf(settings.environments, name, region).recording ?? 'off'
  const isAsked = rule === 'ask' && keyboard !== undefined
  const isRecorded =
    rule === 'always' || (isAsked && (await isConfirmed(askRecording(name), { keyboard, stderr, signal })))
  const limit = AbortSignal.any([signal, AbortSignal.timeout(IDENTITY_MS)])
  const identity = drains.length === 0 ? undefined : await environment.identity(limit).catch(() => undefined)
  const { name: operationUserName, email: operationUserEmail } = operatorOf(identity?.arn, settings)
  const state = { sessionId: '', isOver: false }
  const subject: CaptureSubject = {
    kind: session.kind,
    ref,
    environment: name,
    region,
    account: identity?.accountId ?? '',
    target: session.target,
    targetName: session.targetName,
    operationId: session.operationId ?? randomUUID(),
    operationUserName,
    operationUserEmail,
    size: screenSize(screen),
    sessionId: () => state.sessionId,
  }
  const failed = new AbortController()
  const tell = (text: string): void => void stderr.write(wordLine(text))
  const combined = new Combined()
  const own = async (): Promise<Capture> => {
    const recordings = new Recordings({ dataDirectory, settings: () => settings, now: Date.now })
    return (await recordings.begin(subject, () => undefined)).capture
  }
  const names = drains.map((drain) => drain.name).join(', ')
  let handed: HandedCapture | undefined
  /** The file of --record, once this command has created it: an error removes it, and never a file from before. */
  let begunFile: string | undefined
  const lost = (): void => {
    if (state.isOver) return
    if (required.length > 0) {
      failed.abort(requiredError(required, dataDirectory, 'has ended'))
      return
    }
    if (drains.length > 0) tell(`The running Culvert has ended: from here on no output goes to ${names}.`)
    if (!isRecorded) return
    tell('The running Culvert has ended: this command goes on with the recording in a file of its own.')
    combined.addLater(own(), (error) => {
      if (rule === 'always') failed.abort(asError(error))
      else tell(`Nothing is recorded any more. ${asError(error).message}`)
    })
  }
  try {
    const file = recordedFile(args)
    if (file !== undefined) {
      const writer = ownProcess('command').name
      combined.add(await beginRecording({ path: file, subject, writer, now: Date.now, changed: () => undefined }))
      begunFile = file
    }
    if (isRecorded || drains.length > 0) {
      handed = await handOver({
        dataDirectory,
        subject,
        isRecorded,
        isRequired: required.length > 0,
        lost,
        signal,
      }).catch((error: unknown) => {
        if (!(error instanceof AppError) || error.code !== 'not-running') throw error
        if (required.length > 0) throw requiredError(required, dataDirectory, 'is not running')
        return undefined
      })
      if (handed !== undefined) combined.add(handed)
      else {
        if (drains.length > 0) tell(`Culvert is not running on ${dataDirectory}: no output goes to ${names}.`)
        if (isRecorded) combined.add(await own())
      }
    }
    const isKept = file !== undefined || (handed?.isRecorded ?? isRecorded)
    const sentence = captureSentence(isKept, handed?.drains ?? [])
    if (sentence !== undefined) tell(sentence)
  } catch (error) {
    state.isOver = true
    await combined[Symbol.asyncDispose]()
    if (begunFile !== undefined) await rm(begunFile, { force: true })
    throw error
  }
  const stop = followSize(screen, combined)
  return {
    stdout: through(context.stdout, combined),
    stderr: through(stderr, combined),
    signal: AbortSignal.any([signal, failed.signal]),
    onResuming: resumesTo(combined),
    opened: (sessionId) => {
      state.sessionId = sessionId
      handed?.opened(sessionId)
    },
    [Symbol.asyncDispose]: async () => {
      state.isOver = true
      stop()
      await combined[Symbol.asyncDispose]()
      if (handed?.problem !== undefined) tell(`The recording is not whole. ${handed.problem}`)
    },
  }
}

function requiredError(required: readonly string[], dataDirectory: string, how: string): AppError {
  return new AppError(
    'drain-unreachable',
    `The output of this session must go to ${required.join(', ')}, which a running Culvert does, and the one on ${dataDirectory} ${how}: ` +
      'start its window or its web page, then try again.',
  )
}

/** Gives output to the captures, prints it to `to`, and waits while a capture has no room. */
function through(to: Printer, combined: Combined): Printer {
  return {
    write: async (data) => {
      combined.output(typeof data === 'string' ? Buffer.from(data) : data)
      await to.write(data)
      await combined.room()
    },
  }
}

/** Measures how long a connection was lost. */
function resumesTo(combined: Combined): CapturedOutput['onResuming'] {
  let lostAt: number | undefined
  return (progress) => {
    if (progress !== undefined) lostAt ??= progress.sinceAt
    else if (lostAt !== undefined) {
      combined.resumed(Math.max(0, Date.now() - lostAt))
      lostAt = undefined
    }
  }
}

function followSize(screen: WriteStream | undefined, combined: Combined): () => void {
  const resize = (): void => combined.resize(screenSize(screen))
  screen?.on('resize', resize)
  return () => screen?.off('resize', resize)
}
