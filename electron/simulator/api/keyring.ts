// The credentials that the simulator has given out: the ones that work, and those that have expired.
//
// New ones replace the old at once, as a login does. Keys of a role are beside them: each has an expiry of its own. A user's keys
// are long-term ones without a token. A request that is signed correctly with expired keys is refused as expired, by the code and not
// by the status: real front ends answer 400 or 403. Source: specification §1.2, §13 S1.

import { randomBytes } from 'node:crypto'
import type { Identity } from '../iam/identity'
import { verifySignature, type Credentials, type Refusal, type SignedRequest, type Verdict } from './signature'

const EXPIRED = 'The security token included in the request is expired'
/** The simulator forgets the oldest keys beyond this number. */
const REMEMBERED_KEYS = 1_000

/** How requests with expired credentials are answered. */
export type ExpiredStatus = 400 | 403

/** The long-term keys of an IAM user. */
export interface UserKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** The result of a verification, with the caller. */
export type KeyVerdict = (Extract<Verdict, { readonly kind: 'verified' }> & { readonly caller: Identity }) | Refusal

interface Key<Keys> {
  readonly credentials: Keys
  readonly caller: Identity
  /** Epoch ms; undefined: it does not end by itself. */
  readonly expiresAt: number | undefined
  /** Undefined: it works. */
  expired: ExpiredStatus | undefined
}

function makeCredentials(mark: string): Credentials {
  return {
    accessKeyId: `ASIA${randomBytes(10).toString('hex').toUpperCase().slice(0, 16)}`,
    secretAccessKey: mark + randomBytes(30).toString('base64'),
    sessionToken: mark + randomBytes(96).toString('base64'),
  }
}

/** The keys of all callers of the account. */
export class KeyRing {
  readonly #mark: string
  readonly #caller: Identity
  readonly #keys = new Map<string, Key<Credentials>>()
  readonly #users = new Map<string, Key<UserKeys>>()
  #current: Key<Credentials>

  /** Every secret begins with `mark`; `caller` owns the credentials that the simulator starts with. */
  constructor(mark: string, caller: Identity) {
    this.#mark = mark
    this.#caller = caller
    this.#current = this.#make(caller)
  }

  /** The newest credentials, whether they work or not. */
  get credentials(): Credentials {
    return this.#current.credentials
  }

  /** The credentials stop working until they are revived or rotated; the keys of roles stop working too. */
  expire(status: ExpiredStatus): void {
    this.#current.expired = status
    for (const key of this.#keys.values()) key.expired ??= status
  }

  /** The newest credentials work again, and so do the keys of roles. */
  revive(): void {
    for (const key of this.#keys.values())
      if (key === this.#current || key.caller !== this.#caller) key.expired = undefined
  }

  /** Gives out new credentials; those before have expired. */
  rotate(): Credentials {
    this.#current.expired ??= 400
    this.#current = this.#make(this.#caller)
    return this.#current.credentials
  }

  /** Gives out the keys of a role, which end at `expiresAt` (epoch ms). */
  issue(caller: Identity, expiresAt: number): Credentials {
    return this.#make(caller, expiresAt).credentials
  }

  /** Adds the keys of a user. */
  addUser(caller: Identity, credentials: UserKeys): void {
    this.#users.set(credentials.accessKeyId, { credentials, caller, expiresAt: undefined, expired: undefined })
  }

  /** Verifies one request; see `verifySignature`. */
  verify(request: SignedRequest, expected: Omit<Parameters<typeof verifySignature>[1], 'credentials'>): KeyVerdict {
    const where = request.headers.authorization ?? (expected.allowsPresign === true ? request.url : '')
    const [, accessKeyId = ''] = /Credential=([^/,\s%&]+)(?:\/|%2F)/i.exec(where) ?? []
    const key = this.#users.get(accessKeyId) ?? this.#keys.get(accessKeyId) ?? this.#current
    const verdict = verifySignature(request, { ...expected, credentials: key.credentials })
    if (verdict.kind === 'refused') return verdict
    const hasEnded = key.expiresAt !== undefined && key.expiresAt <= expected.now
    const status = key.expired ?? (hasEnded ? 400 : undefined)
    if (status !== undefined) return { kind: 'refused', reason: 'expired', why: EXPIRED, status }
    return { ...verdict, caller: key.caller }
  }

  #make(caller: Identity, expiresAt?: number): Key<Credentials> {
    const key = { credentials: makeCredentials(this.#mark), caller, expiresAt, expired: undefined }
    this.#keys.set(key.credentials.accessKeyId, key)
    const [oldest] = this.#keys.keys()
    if (this.#keys.size > REMEMBERED_KEYS && oldest !== undefined) this.#keys.delete(oldest)
    return key
  }
}
