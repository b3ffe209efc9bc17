// The authorization token: what it looks like, and how one is made, read and compared. Pure, but for the random bytes.
//
//   culvert-authz-1.<holder: 12 hex>.<secret: 256 bits as base64url>
//
// The holder's part names a socket in this user's own folder (lock/socketpath.ts) and never a path. The secret works once. A holder keeps
// the SHA-256 of each secret and not the secret itself.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../../../shared/errors'

const SECRET_BYTES = 32
const HOLDER_BYTES = 6

const TOKEN = /^culvert-authz-1\.([0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/

/** The two parts of a token. */
export interface AuthorizationToken {
  /** The name of the holder's socket: 12 hexadecimal digits. */
  readonly holder: string
  /** A secret: never logged, never on a command line. */
  readonly secret: string
}

/** Makes the name of a holder. */
export function newHolderName(): string {
  return randomBytes(HOLDER_BYTES).toString('hex')
}

/** Makes a secret of 256 bits. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}

/** The SHA-256 of a secret. */
export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Whether two digests are the same, in a time that does not depend on where they differ. */
export function isSameDigest(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

/** The text of a token, on one line. */
export function formatToken({ holder, secret }: AuthorizationToken): string {
  return `culvert-authz-1.${holder}.${secret}`
}

/** Reads a token. Throws `authorization-refused` for any other text; the error does not quote it. */
export function parseToken(text: string): AuthorizationToken {
  const [, holder, secret] = TOKEN.exec(text) ?? []
  if (holder === undefined || secret === undefined) throw malformedToken()
  return { holder, secret }
}

/** The error of a text that is no token: `authorization-refused`. */
export function malformedToken(): AppError {
  return new AppError(
    'authorization-refused',
    'This is no authorization token: give the whole text that culvert authorize has printed behind "Authorization Token:".',
  )
}
