// When credentials are looked up: remembered while they are good, and one look-up for everybody who asks at the same time.
//
// Owns what is remembered of one profile, which may serve several accounts: its regions share keys and questions. Does not
// own where credentials come from (credentials.ts), nor how a person is asked.

import { deferred, type Deferred } from '../../../shared/deferred'
import { AppError, asError } from '../../../shared/errors'
import type { AwsIdentity } from '../clients'
import { before, until } from '../deadline'
import { ProcessGroups } from './processgroups'
import type { Settings } from '../profiles/settings'

/** Temporary credentials are renewed this long before they expire, as the SDK does. */
const RENEW_BEFORE_MS = 300_000

/**
 * Credentials without expiry are looked up again after this long: long enough that one action asks a credential_process
 * (and whoever answers its prompt) once, short enough that keys that a tool has rewritten are seen.
 */
const REMEMBER_MS = 60_000

/** Credentials that are still good are not held up for longer by a renewal that takes its time. */
const SPARE_AFTER_MS = 10_000

/** What a person is asked: the code that the device `serial` shows now. */
export interface CodeQuestion {
  readonly profile: string
  readonly serial: string
  /** AWS has refused the code before. */
  readonly isRepeated: boolean
}

/** Asks a person and resolves with six digits. Rejects with an `AppError` where nobody answers. */
export type AskCode = (question: CodeQuestion) => Promise<string>

/**
 * What a caller does about a person who has to be asked. `wait`: asks, and waits for the answer. `move-on`: asks, and takes
 * "not yet" for an answer. `never`: does without.
 */
export type Patience = 'wait' | 'move-on' | 'never'

/** What a look-up is given. */
export interface LookUpMeans {
  /** Asks a person. */
  ask(question: CodeQuestion, askCode: AskCode): Promise<string>
  /** Does what may take long; `why` there are no credentials yet is what callers hear whose time is up meanwhile. */
  during<T>(why: () => AppError, act: () => Promise<T>): Promise<T>
}

/** Finds credentials. */
export type LookUp = (means: LookUpMeans) => Promise<AwsIdentity>

/** A look-up that its account has ended, because that was closed. Others that wait for the same credentials look themselves. */
export class LookUpEnded extends AppError {
  constructor() {
    super(
      'credentials-missing',
      'The look-up of credentials was ended, because its environment was closed: open it again.',
    )
  }
}

function awaitedError({ profile }: CodeQuestion): AppError {
  return new AppError(
    'credentials-expired',
    `The profile "${profile}" needs the code of its second factor: enter it where Culvert asks for it.`,
  )
}

/** A promise that is rejected at most. Callers may ignore it: an unheard rejection would end the process. */
function rejecting(): Deferred<never> {
  const asking = deferred<never>()
  asking.promise.catch(() => undefined)
  return asking
}

/** One look-up under way. */
class Flight {
  readonly mayAsk: boolean
  readonly done: Promise<AwsIdentity>
  readonly #startedAt = performance.now()
  /** Why there are none yet, while a person is being asked or something else takes its time. */
  awaited: (() => AppError) | undefined
  #asking = rejecting()

  constructor(lookUp: LookUp, mayAsk: boolean) {
    this.mayAsk = mayAsk
    this.done = lookUp({
      ask: (question, askCode) => this.#ask(question, askCode),
      during: (why, act) => this.#during(why, act),
    })
    this.done.catch(() => undefined)
  }

  /** Rejects as soon as a person is asked, at once where one is. */
  get asking(): Promise<never> {
    return this.#asking.promise
  }

  /** Resolves as `found` does, or rejects once this look-up takes longer than what is still good is held up for. */
  soon<T>(found: Promise<T>): Promise<T> {
    const leftMs = SPARE_AFTER_MS - (performance.now() - this.#startedAt)
    return before(found, Math.max(0, leftMs), () => new Error('The renewal takes its time.'))
  }

  async #ask(question: CodeQuestion, askCode: AskCode): Promise<string> {
    const error = awaitedError(question)
    if (!this.mayAsk) throw error
    const answer = askCode(question)
    // Whoever refuses at once gives the better reason.
    const soon = setImmediate(() => {
      this.awaited = () => error
      this.#asking.reject(error)
    })
    try {
      return await answer
    } finally {
      clearImmediate(soon)
      this.awaited = undefined
      this.#asking = rejecting()
    }
  }

  async #during<T>(why: () => AppError, act: () => Promise<T>): Promise<T> {
    this.awaited = why
    try {
      return await act()
    } finally {
      this.awaited = undefined
    }
  }
}

/** What a caller hears whose signal is aborted: a deadline that has passed is no reason, what it was waiting for is one. */
function reasonOf(signal: AbortSignal, flight: Flight): Error {
  const reason = asError(signal.reason)
  const isDeadline = reason.name === 'TimeoutError' || (reason instanceof AppError && reason.code === 'timeout')
  return isDeadline ? (flight.awaited?.() ?? reason) : reason
}

/** Whether two identities are the same keys. */
export function isSame(one: AwsIdentity, other: AwsIdentity): boolean {
  return one.accessKeyId === other.accessKeyId && one.sessionToken === other.sessionToken
}

/** The credentials of one profile. */
export class Renewal {
  /** The programs that look-ups have started. */
  readonly groups: ProcessGroups
  #flight: Flight | undefined
  #held: { readonly identity: AwsIdentity; readonly untilAt: number } | undefined

  constructor(groups: ProcessGroups = new ProcessGroups()) {
    this.groups = groups
  }

  /**
   * The credentials now: remembered ones, or those of a look-up that all askers of this moment share. What cannot be renewed
   * ahead of its expiry, or not without a person, is good until then. Rejects as `lookUp` does, with `credentials-expired` while
   * a person is asked and the caller does not wait, with what the look-up waits for once a deadline of `signal` has passed, or
   * with the reason of `signal`.
   */
  async get(lookUp: LookUp, patience: Patience, signal?: AbortSignal): Promise<AwsIdentity> {
    if (this.#held !== undefined && Date.now() < this.#held.untilAt) return this.#held.identity
    const running = this.#flight
    if (running?.mayAsk === false && patience !== 'never') {
      await this.#within(
        running,
        signal,
        running.done.catch(() => undefined),
      )
      return this.get(lookUp, patience, signal)
    }
    const flight = running ?? this.#take(lookUp, patience !== 'never')
    const hasSpare = this.#spare() !== undefined
    const patient = patience === 'wait' && !hasSpare ? flight.done : Promise.race([flight.done, flight.asking])
    try {
      return await this.#within(flight, signal, hasSpare ? flight.soon(patient) : patient)
    } catch (error) {
      const spare = this.#spare()
      if (spare !== undefined) return spare
      // Another account has begun it, and was closed.
      if (error instanceof LookUpEnded && flight === running) return this.get(lookUp, patience, signal)
      throw error
    }
  }

  /** Looks again although what is remembered may still be good, and keeps that where nothing is found without a person. */
  again(lookUp: LookUp, signal?: AbortSignal): Promise<AwsIdentity> {
    const flight = this.#flight ?? this.#take(lookUp, false)
    return this.#within(flight, signal, Promise.race([flight.done, flight.asking]))
  }

  #within<T>(flight: Flight, signal: AbortSignal | undefined, found: Promise<T>): Promise<T> {
    return signal === undefined ? found : until(found, signal, () => reasonOf(signal, flight))
  }

  /** Forgets `used`, because AWS has refused it. What was found since stays. */
  forget(used: AwsIdentity): void {
    if (this.#held !== undefined && isSame(this.#held.identity, used)) this.#held = undefined
  }

  #take(lookUp: LookUp, mayAsk: boolean): Flight {
    const flight = new Flight(async (means) => {
      try {
        const identity = await lookUp(means)
        const { expiration } = identity
        const untilAt = expiration === undefined ? Date.now() + REMEMBER_MS : expiration.getTime() - RENEW_BEFORE_MS
        this.#held = { identity, untilAt }
        return identity
      } finally {
        this.#flight = undefined
      }
    }, mayAsk)
    this.#flight = flight
    return flight
  }

  /** What is past its time of renewal, and not past its expiry. */
  #spare(): AwsIdentity | undefined {
    const identity = this.#held?.identity
    return identity?.expiration !== undefined && identity.expiration.getTime() > Date.now() ? identity : undefined
  }
}

/** The renewals of one process's environment variables and files, by profile. */
export class Renewals {
  readonly #known = new Map<string, Renewal>()
  readonly #groups = new ProcessGroups()

  /** The renewal that all accounts with the profile of `settings` share. */
  of({ profile, isProfileChosen }: Settings): Renewal {
    const key = JSON.stringify([profile?.name ?? null, isProfileChosen])
    const known = this.#known.get(key) ?? new Renewal(this.#groups)
    this.#known.set(key, known)
    return known
  }
}
