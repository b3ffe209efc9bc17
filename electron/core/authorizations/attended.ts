// A redeemed authorization, from its redemption to its end: opens the session, tells the command that attends to it, and ends both.
//
// It ends when the attending command has gone, when it expires, when its connections are used up, when the session ends by itself, or when
// the holder closes. The limits hold here, whatever the attending command does. A session that could not be opened gives the
// authorization back.

import { pendingId } from '../../../shared/pendingid'
import { AppError, asAppError, toWireError } from '../../../shared/errors'
import { unlessAborted } from '../async/aborting'
import type { Environment } from '../environments/environment'
import type { Wakeable } from '../sessions/wakeable'
import { aboutOf } from './about'
import { Admission } from './admission'
import type { Authorization } from './authorization'
import type { Redemption } from './authorizations'
import { carryPort } from './carrying'
import { encodeWord } from './line/frames'
import type { Line } from './line/line'
import { attendShell } from './shelling'
import type { HolderWord } from './line/words'

/** How a session ended: a sentence, or the error that ended it. "": the attending command knows by itself. */
type Ending = { readonly text: string; readonly error?: AppError }

/** An open session of an authorization. Disposing ends it. */
export interface Opened extends AsyncDisposable {
  /** What is told first. */
  readonly word: HolderWord
  /** Rejects with the error that ended it by itself; resolves with a sentence, "" for an ordinary end. */
  readonly ended: Promise<string>
}

/** What the session of a redeemed authorization needs. */
export interface AttendOptions {
  readonly redemption: Redemption
  readonly line: Line
  /** Epoch ms. */
  readonly now: () => number
  /** The port to listen on; undefined: a free one. */
  readonly localPort: number | undefined
  /** Aborted with an `AppError` when the holder closes. */
  readonly signal: AbortSignal
}

/** Runs until the session is over and the line is closed. Never rejects. */
export async function attend({ redemption, line, now, localPort, signal }: AttendOptions): Promise<void> {
  const { authorization } = redemption
  const gone = new AbortController()
  void line.closed.then(() => gone.abort(new AppError('session-ended', 'The command that attended has gone.')))
  const expired = new AbortController()
  const ending = AbortSignal.any([signal, redemption.revoked])
  const opening = AbortSignal.any([ending, gone.signal, expired.signal])
  // Every program of this computer can make refusals without end.
  const tell = (text: string): void => line.note(encodeWord({ kind: 'told', text: cut(text) }))
  using admission = new Admission({
    limit: authorization.connectionLimit,
    expiresAt: authorization.expiresAt,
    now,
  })
  void admission.spent.then(({ text }) => expired.abort(new AppError('authorization-refused', text)))
  const { text, error } = await carried()
  void line.send(encodeWord({ kind: 'ended', text, ...(error === undefined ? {} : { error: toWireError(error) }) }))
  await line.end()

  async function carried(): Promise<Ending> {
    let environment: Environment
    let opened: Opened
    try {
      environment = await authorization.environment()
      opened = await open({ authorization, environment, admission, line, localPort, tell, signal: opening })
    } catch (failure) {
      redemption.giveBack()
      return { text: '', error: asAppError(failure) }
    }
    try {
      return await untilOver(opened, { line, admission, environment, signal: ending })
    } catch (failure) {
      return { text: '', error: asAppError(failure) }
    } finally {
      await opened[Symbol.asyncDispose]()
      redemption.end()
    }
  }
}

function cut(text: string): string {
  return text.slice(0, 4_000)
}

/** What opening gets. */
export interface OpenOptions {
  readonly authorization: Authorization
  readonly environment: Environment
  readonly admission: Admission
  readonly line: Line
  readonly localPort: number | undefined
  readonly tell: (text: string) => void
  readonly signal: AbortSignal
}

async function open(options: OpenOptions): Promise<Opened> {
  const { authorization, line } = options
  const { session, target, document, reason, expiresAt, connectionLimit = null, id } = authorization
  if (session.kind === 'shell') return attendShell(options)
  line.listen(() => undefined)
  const carried = await carryPort({
    ...options,
    target: target.id,
    session,
    about: aboutOf(authorization),
    ...(document === undefined ? {} : { document }),
    ...(reason === undefined ? {} : { reason }),
  })
  const { host, port, sessionId = pendingId(id) } = carried
  return {
    word: { kind: 'listening', host, port, protocol: session.kind, connectionLimit, expiresAt, sessionId },
    ended: carried.ended.then(() => ''),
    [Symbol.asyncDispose]: () => carried[Symbol.asyncDispose](),
  }
}

/** Tells the first word, and resolves with how the session ended, or must end now. Rejects with the error that ended it. */
async function untilOver(
  opened: Opened,
  options: Pick<OpenOptions, 'line' | 'admission' | 'environment' | 'signal'>,
): Promise<Ending> {
  const { line, admission, environment, signal } = options
  void line.send(encodeWord(opened.word))
  // After a sleep the timer of the expiry is late.
  const wakeable: Wakeable = { wake: () => void admission.look(), reached: () => undefined }
  environment.wakeables.add(wakeable)
  const over = Promise.race([
    opened.ended.then((text) => ({ text })),
    line.closed.then(() => ({ text: '' })),
    admission.spent.then(({ text }) => ({ text })),
  ])
  try {
    return await unlessAborted(over, signal)
  } finally {
    environment.wakeables.delete(wakeable)
  }
}
