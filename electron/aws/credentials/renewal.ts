// Decides when credentials are looked up: they are remembered while they are valid, and callers at the same time share one look-up.
//
// Owns the remembered credentials of one profile, which may serve several accounts: its regions share keys and questions. Does not
// own where credentials come from (credentials.ts), nor how a person is asked.

import { deferred, type Deferred } from '../../../shared/deferred'
import { AppError, asError } from '../../../shared/errors'
import type { KeysOutlook } from '../../../shared/session'
import type { AwsIdentity } from '../clients'
import { before, until } from '../deadline'
import { ProcessGroups } from './processgroups'
import type { Settings } from '../profiles/settings'
import { isSame, Replacement } from './replacement'
import { SsoLogins } from './sso'

/** Temporary credentials are renewed this long before they expire, as the SDK does. */
const RENEW_BEFORE_MS = 300_000

/**
 * Credentials without expiry are looked up again after this long: long enough that one action runs a credential_process
 * (and shows its prompt) once, short enough that keys that a tool has rewritten are seen.
 */
const REMEMBER_MS = 60_000

/** A caller whose credentials are still valid waits no longer than this for their renewal. */
const SPARE_AFTER_MS = 10_000

/** The question to a person: which code does the device `serial` show now? */
export interface CodeQuestion {
  readonly profile: string
  readonly serial: string
  /** AWS has refused the code before. */
  readonly isRepeated: boolean
}

/** Asks a person and resolves with six digits. Rejects with an `AppError` where no answer comes. */
export type AskCode = (question: CodeQuestion) => Promise<string>

/**
 * What a caller does when a person has to be asked. `wait`: asks, and waits for the answer. `move-on`: asks, and fails while
 * there is no answer yet. `never`: does not ask, and fails.
 */
export type Patience = 'wait' | 'move-on' | 'never'

/** The means of a look-up. */
export interface LookUpMeans {
  /** Asks a person. */
  ask(question: CodeQuestion, askCode: AskCode): Promise<string>
  /** Runs `act`, which may take long. A caller whose deadline passes meanwhile gets the error that `why` makes. */
  during<T>(why: () => AppError, act: () => Promise<T>): Promise<T>
}

/** Finds credentials. */
export type LookUp = (means: LookUpMeans) => Promise<AwsIdentity>

/** The look-up was ended because its account was closed. Other accounts that wait for it begin one of their own. */
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

/** A promise that never resolves and may be rejected. Callers may ignore it: an unhandled rejection would end the process. */
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
  /** Why there are no credentials yet, while a person is asked or `during` runs. */
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

  /** Rejects as soon as a person is asked; at once while a person is being asked. */
  get asking(): Promise<never> {
    return this.#asking.promise
  }

  /** Resolves as `found` does, or rejects once this look-up has taken `SPARE_AFTER_MS`. */
  soon<T>(found: Promise<T>): Promise<T> {
    const leftMs = SPARE_AFTER_MS - (performance.now() - this.#startedAt)
    return before(found, Math.max(0, leftMs), () => new Error('The renewal takes its time.'))
  }

  async #ask(question: CodeQuestion, askCode: AskCode): Promise<string> {
    const error = awaitedError(question)
    if (!this.mayAsk) throw error
    const answer = askCode(question)
    // A question that is refused at once rejects with a better reason than this.
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

/** The error of an aborted caller: after a deadline the error that names what the look-up waits for, else the signal's reason. */
function reasonOf(signal: AbortSignal, flight: Flight): Error {
  const reason = asError(signal.reason)
  const isDeadline = reason.name === 'TimeoutError' || (reason instanceof AppError && reason.code === 'timeout')
  return isDeadline ? (flight.awaited?.() ?? reason) : reason
}

/** The credentials of one profile. */
export class Renewal {
  /** The programs that look-ups have started. */
  readonly groups: ProcessGroups
  /** The SSO logins that look-ups refresh. */
  readonly logins: SsoLogins
  /** The keys that take the place of those that have ended. */
  readonly replacement = new Replacement()
  #flight: Flight | undefined
  /** Counts look-ups: only the newest one's outcome is remembered. */
  #turn = 0
  #outlook: KeysOutlook = { kind: 'lasting' }
  #held: { readonly identity: AwsIdentity; readonly untilAt: number } | undefined

  constructor(groups: ProcessGroups = new ProcessGroups(), logins: SsoLogins = new SsoLogins()) {
    this.groups = groups
    this.logins = logins
  }

  /** What is known of the end of the keys that were found last; `lasting` before there were any. */
  get outlook(): KeysOutlook {
    return this.#outlook
  }

  /**
   * The credentials now: remembered ones, or those of a look-up that callers at the same time share. If they cannot be renewed
   * ahead of their expiry, or not without a person, they are used until they expire. Rejects as `lookUp` does; with
   * `credentials-expired` while a person is asked and the caller does not wait; once a deadline of `signal` has passed, with what
   * the look-up waits for; or with the reason of `signal`.
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
      // The look-up belonged to another account, which was closed.
      if (error instanceof LookUpEnded && flight === running) return this.get(lookUp, patience, signal)
      throw error
    }
  }

  /** Looks again although the remembered credentials may be valid. Keeps them where none are found without asking a person. */
  again(lookUp: LookUp, signal?: AbortSignal): Promise<AwsIdentity> {
    const flight = this.#flight ?? this.#take(lookUp, false)
    return this.#within(flight, signal, Promise.race([flight.done, flight.asking]))
  }

  /** Begins a look-up of other keys, also while one is under way, whose outcome is then not remembered. It may ask a person. */
  replace(lookUp: LookUp, signal?: AbortSignal): Promise<AwsIdentity> {
    const flight = this.#take(lookUp, true)
    return this.#within(flight, signal, flight.done)
  }

  #within<T>(flight: Flight, signal: AbortSignal | undefined, found: Promise<T>): Promise<T> {
    return signal === undefined ? found : until(found, signal, () => reasonOf(signal, flight))
  }

  /** Forgets `used`, because AWS has refused it. Newer credentials stay. */
  forget(used: AwsIdentity): void {
    if (this.#held !== undefined && isSame(this.#held.identity, used)) this.#held = undefined
  }

  #take(lookUp: LookUp, mayAsk: boolean): Flight {
    this.#turn += 1
    const turn = this.#turn
    const isNewest = (): boolean => turn === this.#turn
    const flight = new Flight(async (means) => {
      try {
        const identity = await lookUp(means)
        if (isNewest()) this.#hold(identity)
        return identity
      } catch (error) {
        this.#noteEnd(error)
        throw error
      } finally {
        if (isNewest()) this.#flight = undefined
      }
    }, mayAsk)
    this.#flight = flight
    return flight
  }

  #hold(identity: AwsIdentity): void {
    const { expiration } = identity
    const untilAt = expiration === undefined ? Date.now() + REMEMBER_MS : expiration.getTime() - RENEW_BEFORE_MS
    this.#held = { identity, untilAt }
    this.#outlook = identity.outlook ?? { kind: 'lasting' }
  }

  /** A login that has to be renewed by a person: the keys that it gave are the last ones until then. */
  #noteEnd(error: unknown): void {
    const endsAt = this.#spare()?.expiration?.getTime()
    const needsPerson = error instanceof AppError && error.code === 'credentials-expired'
    if (needsPerson && endsAt !== undefined) this.#outlook = { kind: 'ending', endsAt }
  }

  /** Credentials that are due for renewal and have not expired. */
  #spare(): AwsIdentity | undefined {
    const identity = this.#held?.identity
    return identity?.expiration !== undefined && identity.expiration.getTime() > Date.now() ? identity : undefined
  }
}

/** The renewals of one process's environment variables and files, by profile. */
export class Renewals {
  readonly #known = new Map<string, Renewal>()
  readonly #groups = new ProcessGroups()
  readonly #logins = new SsoLogins()

  /** The renewal that all accounts with the profile of `settings` share. */
  of({ profile, isProfileChosen }: Settings): Renewal {
    const key = JSON.stringify([profile?.name ?? null, isProfileChosen])
    const known = this.#known.get(key) ?? new Renewal(this.#groups, this.#logins)
    this.#known.set(key, known)
    return known
  }
}
