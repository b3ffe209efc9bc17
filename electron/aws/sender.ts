// How a call to AWS is sent: with which credentials, for how long, and which error it ends with.
//
// Owns the deadline of a call and the one repetition with other credentials. Does not own the calls themselves (calls.ts), and what the
// errors say (errors/).

import { AppError, asError } from '../../shared/errors'
import type { AwsIdentity } from './clients'
import type { Credentials } from './credentials/credentials'
import type { Patience } from './credentials/renewal'
import { isSame } from './credentials/replacement'
import { withDeadline } from './deadline'
import { toAppError } from './errors/errors'
import type { EcsSubject } from './errors/ecs'
import type { ErrorContext } from './errors/sentences'

/** The subject of a call, for its errors. */
export interface Subject {
  readonly action: string
  readonly target?: string
  readonly document?: string
  readonly key?: string
  /** What a call to ECS is about. */
  readonly ecs?: EcsSubject
  /** Present where it differs from the account's region. */
  readonly region?: string
  /** What to do when a person has to be asked for a code. Absent: wait. */
  readonly patience?: Patience
}

/** Three tries, each ended by network.ts, with the pauses between them; or the largest page over a slow line. */
const CALL_MS = 120_000

function lateError(action: string): AppError {
  return new AppError('timeout', `AWS did not answer ${action} in time: check the network and try again.`)
}

/** The error of an aborted call: the signal's reason, or `timeout` where a deadline was the reason. */
function abortError(signal: AbortSignal, action: string): Error {
  const reason = asError(signal.reason)
  if (reason.name !== 'TimeoutError') return reason
  return lateError(action)
}

/** Sends the calls of one account. Both methods reject with an `AppError`, or with the signal's reason. */
export class Sender {
  readonly #credentials: Credentials
  readonly #region: string

  constructor(options: { readonly credentials: Credentials; readonly region: string }) {
    this.#credentials = options.credentials
    this.#region = options.region
  }

  /**
   * Sends a call with fresh credentials. When AWS refuses the credentials, looks them up again and repeats the call once if they are others: the user
   * has logged in again meanwhile, or was given another role. Source: specification §1.2.
   */
  async send<T>(subject: Subject, signal: AbortSignal, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    // Resolved before the SDK signs: the SDK would retry a look-up that has failed for good.
    const used = await this.#resolve(subject, signal)
    try {
      const answer = await this.once(subject, signal, send)
      this.#credentials.noteWorked(used)
      return answer
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (await this.#hasOthers(error, used, { subject, signal })) return this.once(subject, signal, send)
      // The look-up has found a profile that may take their place: the error offers it.
      const isOffered = error.code === 'credentials-expired' && this.#credentials.offered !== undefined
      throw isOffered ? await toAppError(error.cause, this.#context(subject)) : error
    }
  }

  /**
   * Sends a call once, with the credentials at hand. Gives it a deadline and translates its errors. Waiting for a person is over by then and
   * does not count.
   */
  async once<T>(subject: Subject, signal: AbortSignal, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { action } = subject
    if (signal.aborted) throw abortError(signal, action)
    try {
      return await withDeadline({ signal, ms: CALL_MS, late: () => lateError(action) }, act)
    } catch (error) {
      if (signal.aborted) throw abortError(signal, action)
      throw await toAppError(error, this.#context(subject))
    }
  }

  /** Whether a new look-up finds other credentials than `used`. */
  async #hasOthers(
    refusal: AppError,
    used: AwsIdentity,
    call: { readonly subject: Subject; readonly signal: AbortSignal },
  ): Promise<boolean> {
    if (refusal.code === 'credentials-expired') {
      this.#credentials.forget(used)
      return !isSame(await this.#resolve(call.subject, call.signal), used)
    }
    if (refusal.code !== 'access-denied') return false
    // A denied action does not make Culvert ask a person for a code again.
    const found = await this.#credentials.again(call.signal).catch(() => used)
    return !isSame(found, used)
  }

  async #resolve(subject: Subject, signal: AbortSignal): Promise<AwsIdentity> {
    try {
      return await this.#credentials.get(subject.patience ?? 'wait', signal)
    } catch (error) {
      // While a person is being asked, callers hear that and not the deadline.
      if (error instanceof AppError && error !== signal.reason) throw error
      return await this.once(subject, signal, () => Promise.reject(asError(error)))
    }
  }

  #context(subject: Subject): ErrorContext {
    return { region: this.#region, ...subject, source: this.#credentials.source }
  }
}
