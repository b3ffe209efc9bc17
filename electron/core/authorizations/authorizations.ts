// The authorizations that one holder keeps: each is pending until its token is redeemed, once, or until it expires.
//
//   pending -> redeemed -> ended
//      |          '-> pending      the session could not be opened: the token works again
//      |-> expired
//      '-> revoked
//
// They are in memory only: when the process ends, every token of it is worth nothing. An authorization that is over is remembered as long
// as there is room, so that its token gets a sentence of its own. Does not own the session of a redeemed one, nor its end.

import { randomBytes } from 'node:crypto'
import { AppError } from '../../../shared/errors'
import { momentWords } from '../../../shared/forecast'
import type { Authorization, WantedAuthorization } from './authorization'
import { digestOf, isSameDigest, newSecret } from './tokens/token'

/** The most authorizations that are remembered, and so the most that are pending. */
const MAX_AUTHORIZATIONS = 1_000

const ID_BYTES = 6

/** Where an authorization stands. */
export type AuthorizationState = 'pending' | 'redeemed' | 'expired' | 'revoked' | 'ended'

/** Hears each change of an authorization, after it. Must not throw. */
export type AuthorizationListener = (authorization: Authorization, state: AuthorizationState) => void

/** What a set of authorizations needs. */
export interface AuthorizationsOptions {
  /** Epoch ms. */
  readonly now: () => number
  readonly changed: AuthorizationListener
  /** Writes a new one down, and returns the id of its record. Absent: a random id, and no record. Must not throw. */
  readonly record?: (authorization: Omit<Authorization, 'id'>) => string
}

function newId(): string {
  return randomBytes(ID_BYTES).toString('hex')
}

interface Entry {
  readonly authorization: Authorization
  readonly digest: Buffer
  state: AuthorizationState
  redeemedAt: number
  timer: NodeJS.Timeout | undefined
  /** Aborted with what a person is told when it is revoked. */
  readonly revocation: AbortController
}

/** An authorization that was redeemed. Call one of the two when its session is over. */
export interface Redemption {
  readonly authorization: Authorization
  /** Aborted with an `AppError` when the authorization is revoked: the session must end. */
  readonly revoked: AbortSignal
  /** The session could not be opened: the token may be redeemed again. */
  giveBack(): void
  /** The session has ended. */
  end(): void
}

/** See above. Disposing forgets all; redeemed sessions are not ended by it. */
export class Authorizations implements Disposable {
  readonly #now: () => number
  readonly #changed: AuthorizationListener
  readonly #record: (authorization: Omit<Authorization, 'id'>) => string
  readonly #entries = new Set<Entry>()

  constructor({ now, changed, record = newId }: AuthorizationsOptions) {
    this.#now = now
    this.#changed = changed
    this.#record = record
  }

  /** Adds a pending one; resolves with it and its secret, which is kept nowhere. Throws `authorization-refused` when 1,000 are pending. */
  add({ expiresAfterMs, ...wanted }: WantedAuthorization): {
    readonly authorization: Authorization
    readonly secret: string
  } {
    this.#makeRoom()
    const createdAt = this.#now()
    const whole = { ...wanted, createdAt, expiresAt: createdAt + expiresAfterMs }
    const authorization: Authorization = { ...whole, id: this.#record(whole) }
    const secret = newSecret()
    const entry: Entry = {
      authorization,
      digest: digestOf(secret),
      state: 'pending',
      redeemedAt: 0,
      timer: undefined,
      revocation: new AbortController(),
    }
    this.#entries.add(entry)
    this.#await(entry)
    this.#changed(authorization, 'pending')
    return { authorization, secret }
  }

  /** Redeems a token's secret. Throws `authorization-refused` for an unknown, used or expired one, each in words of its own. */
  redeem(secret: string): Redemption {
    const entry = this.#find(secret)
    if (entry === undefined) {
      throw refused(
        'This Culvert does not know the authorization: it was restarted since. Run culvert authorize again.',
      )
    }
    const { authorization, state, redeemedAt } = entry
    if (state === 'redeemed' || state === 'ended') {
      const at = momentWords(redeemedAt, this.#now())
      throw refused(`The authorization was used already, at ${at}: it works once. Run culvert authorize again.`)
    }
    if (state === 'expired' || authorization.expiresAt <= this.#now()) {
      this.#expire(entry)
      const at = momentWords(authorization.expiresAt, this.#now())
      throw refused(`The authorization expired at ${at}. Run culvert authorize again.`)
    }
    if (entry.revocation.signal.aborted) throw revokedError()
    entry.redeemedAt = this.#now()
    this.#move(entry, 'redeemed')
    return {
      authorization,
      revoked: entry.revocation.signal,
      giveBack: () => {
        if (entry.state !== 'redeemed') return
        if (entry.revocation.signal.aborted) {
          this.#move(entry, 'revoked')
          return
        }
        this.#move(entry, 'pending')
        this.#await(entry)
      },
      end: () => {
        if (entry.state === 'redeemed') this.#move(entry, 'ended')
      },
    }
  }

  /** Revokes a pending or redeemed one: its token opens nothing any more, and its session ends. Returns whether there was one. */
  revoke(id: string): boolean {
    const entry = [...this.#entries].find((each) => each.authorization.id === id)
    if (entry?.state !== 'pending' && entry?.state !== 'redeemed') return false
    entry.revocation.abort(revokedError())
    if (entry.state === 'pending') this.#move(entry, 'revoked')
    return true
  }

  /** Those that are pending now. */
  get pending(): readonly Authorization[] {
    return [...this.#entries].filter(({ state }) => state === 'pending').map(({ authorization }) => authorization)
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#entries) clearTimeout(timer)
    this.#entries.clear()
  }

  /** Compares with every digest, so that the time says nothing about where one was found. */
  #find(secret: string): Entry | undefined {
    const digest = digestOf(secret)
    let found: Entry | undefined
    for (const entry of this.#entries) if (isSameDigest(entry.digest, digest)) found = entry
    return found
  }

  #move(entry: Entry, state: AuthorizationState): void {
    clearTimeout(entry.timer)
    entry.state = state
    this.#changed(entry.authorization, state)
  }

  /** Lets a pending one expire by itself. After a sleep the timer is late; `redeem` looks at the clock itself. */
  #await(entry: Entry): void {
    const waitMs = Math.max(0, entry.authorization.expiresAt - this.#now())
    entry.timer = setTimeout(() => this.#expire(entry), waitMs)
  }

  #expire(entry: Entry): void {
    if (entry.state === 'pending') this.#move(entry, 'expired')
  }

  /** Forgets the oldest one that is over, where there are too many. */
  #makeRoom(): void {
    if (this.#entries.size < MAX_AUTHORIZATIONS) return
    for (const entry of this.#entries) {
      if (entry.state === 'pending' || entry.state === 'redeemed') continue
      this.#entries.delete(entry)
      return
    }
    const text = `${MAX_AUTHORIZATIONS} authorizations are pending or in use: use some, or let them expire, then try again.`
    throw refused(text)
  }
}

function revokedError(): AppError {
  return refused('The authorization was revoked. Run culvert authorize again.')
}

function refused(message: string): AppError {
  return new AppError('authorization-refused', message)
}
