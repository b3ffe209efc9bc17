// The credentials that the simulator has given out: the ones that work, and those that have expired.
//
// New ones replace the old at once, as a login does. A request that is signed correctly with expired keys is refused as expired,
// by the code and not by the status: real front ends answer 400 or 403. Source: specification §1.2, §13 S1.

import { randomBytes } from 'node:crypto'
import { verifySignature, type Credentials, type SignedRequest, type Verdict } from './signature'

const EXPIRED = 'The security token included in the request is expired'
/** Keys older than this many rotations are unknown again. */
const REMEMBERED_KEYS = 1_000

/** How requests with expired credentials are answered. */
export type ExpiredStatus = 400 | 403

interface Key {
  readonly credentials: Credentials
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

/** See above. */
export class KeyRing {
  readonly #mark: string
  readonly #keys = new Map<string, Key>()
  #current: Key

  /** Every secret begins with `mark`. */
  constructor(mark: string) {
    this.#mark = mark
    this.#current = this.#make()
  }

  /** The newest credentials, whether they work or not. */
  get credentials(): Credentials {
    return this.#current.credentials
  }

  /** The newest credentials stop working until they are revived or rotated. */
  expire(status: ExpiredStatus): void {
    this.#current.expired = status
  }

  /** The newest credentials work again. */
  revive(): void {
    this.#current.expired = undefined
  }

  /** Gives out new credentials; those before have expired. */
  rotate(): Credentials {
    this.#current.expired ??= 400
    this.#current = this.#make()
    return this.#current.credentials
  }

  /** Verifies one request; see `verifySignature`. */
  verify(request: SignedRequest, expected: Omit<Parameters<typeof verifySignature>[1], 'credentials'>): Verdict {
    const [, accessKeyId = ''] = /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '') ?? []
    const key = this.#keys.get(accessKeyId) ?? this.#current
    const verdict = verifySignature(request, { ...expected, credentials: key.credentials })
    if (verdict.kind === 'refused' || key.expired === undefined) return verdict
    return { kind: 'refused', reason: 'expired', why: EXPIRED, status: key.expired }
  }

  #make(): Key {
    const key: Key = { credentials: makeCredentials(this.#mark), expired: undefined }
    this.#keys.set(key.credentials.accessKeyId, key)
    const [oldest] = this.#keys.keys()
    if (this.#keys.size > REMEMBERED_KEYS && oldest !== undefined) this.#keys.delete(oldest)
    return key
  }
}
