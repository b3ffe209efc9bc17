// The portable token: a session that is started already, for a client elsewhere that has no credentials. Pure.
//
//   culvert-portable-1.<JSON as base64url>
//
// It carries the session's addresses and its token, so it is a secret, and of use for a minute. Its reader believes no endpoint in it: the
// hosts are checked before anything is sent (ssm/streamurl.ts). Limit and expiry in it are a courtesy of the client.

import * as z from 'zod'
import { malformedToken } from './token'

const TOKEN = /^culvert-portable-1\.([A-Za-z0-9_-]{1,100000})$/

const text = z.string().min(1).max(16_384)
const port = z.number().int().min(1).max(65_535)

const portable = z.strictObject({
  /** Its partition decides which hosts are good. */
  region: z.string().regex(/^[a-z]{2,4}(-[a-z]{1,20}){1,3}-\d{1,2}$/),
  sessionId: z.string().regex(/^[\w.@=+,-]{1,256}$/),
  streamUrl: text,
  presignedUrl: z.string().min(1).max(32_768).exactOptional(),
  tokenValue: text,
  session: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('tcp'), remotePort: port }),
    z.strictObject({ kind: z.literal('ssh'), remotePort: port }),
    z.strictObject({ kind: z.literal('shell'), platform: z.enum(['linux', 'windows', 'macos', 'unknown']) }),
  ]),
  target: z.string().min(1).max(1_000),
  /** Null: no limit. */
  connectionLimit: z.number().int().min(1).nullable(),
  /** Epoch ms, at most the last time that there is. Source: ECMA-262, "Time Values and Time Range". */
  expiresAt: z.number().int().nonnegative().max(8.64e15),
})

/** What a portable token carries. */
export type PortableToken = z.infer<typeof portable>

/** The text of a portable token, on one line. */
export function formatPortable(token: PortableToken): string {
  return `culvert-portable-1.${Buffer.from(JSON.stringify(token)).toString('base64url')}`
}

/** Whether a text looks like a portable token. */
export function isPortable(token: string): boolean {
  return token.startsWith('culvert-portable-')
}

/** Reads a portable token. Throws `authorization-refused` for any other text; the error does not quote it. */
export function parsePortable(token: string): PortableToken {
  const [, body] = TOKEN.exec(token) ?? []
  if (body === undefined) throw malformedToken()
  try {
    return portable.parse(JSON.parse(Buffer.from(body, 'base64url').toString()))
  } catch {
    throw malformedToken()
  }
}
