// Verifies AWS Signature Version 4 in the Authorization header, or in the query of a presigned URL (presigned.ts). Independent of any
// AWS library.
//
// The query is read as a form, as AWS's own Go signer reads it: a raw "+" is a space, canonically %20. An option takes it for a
// plus sign, canonically %2B. The path is encoded once more than it was sent, as every service but S3 has it.
// Source: AWS General Reference, Signature Version 4; specification §14 (e).

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { presignOf } from './presigned'

const ALGORITHM = 'AWS4-HMAC-SHA256'
const MAX_SKEW_MS = 5 * 60_000

/** The credentials that requests must be signed with. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

/** A request as it came in. */
export interface SignedRequest {
  readonly method: string
  /** Path and query, raw. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** The scope that a signature names. */
interface Scope {
  readonly date: string
  readonly region: string
  readonly service: string
}

/** Why a request is not accepted; `why` is AWS's wording where it has one. */
export type Refusal = {
  readonly kind: 'refused'
  readonly reason:
    | 'missing'
    | 'incomplete'
    | 'unknown-key'
    | 'wrong-token'
    | 'wrong-scope'
    | 'skewed'
    | 'mismatch'
    | 'expired'
  readonly why: string
  /** Replaces the service's usual status: AWS refuses expired credentials with 400 or with 403. */
  readonly status?: number
}

/** The result of a verification. */
export type Verdict = { readonly kind: 'verified'; readonly scope: Scope } | Refusal

function refused(reason: Refusal['reason'], why: string): Refusal {
  return { kind: 'refused', reason, why }
}

const WRONG_TOKEN = 'The security token included in the request is invalid.'
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex')
}

function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

// RFC 3986: everything but the unreserved characters.
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** What a raw "+" of the query means. */
export type PlusMeaning = 'space' | 'plus'

function canonicalQuery(query: string, plus: PlusMeaning): string {
  const read = (text: string): string => encode(decode(plus === 'space' ? text.replaceAll('+', '%20') : text))
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const cut = part.indexOf('=')
      const [name, value] = cut === -1 ? [part, ''] : [part.slice(0, cut), part.slice(cut + 1)]
      return { name: read(name), value: read(value) }
    })
    .sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join('&')
}

function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  const text = Array.isArray(value) ? value.join(',') : value
  return text?.trim().replace(/ +/g, ' ')
}

interface Authorization extends Scope {
  readonly accessKeyId: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

function parseAuthorization(header: string): Authorization | undefined {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$/.exec(
      header,
    )
  if (match === null) return undefined
  const [, accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] = match
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature }
}

// 20261122T031429Z as epoch ms.
function parseDate(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (match === null) return Number.NaN
  const [, year, month, day, hour, minute, second] = match
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

function formatDate(at: number): string {
  return `${new Date(at).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`
}

function skew(sent: string, now: number, expiresAt: number | undefined): string | undefined {
  const at = parseDate(sent)
  if (Number.isNaN(at)) return `Date must be in ISO 8601 'basic format'. Got '${sent}'.`
  if (expiresAt !== undefined && expiresAt < now) {
    return `Signature expired: ${formatDate(expiresAt)} is now earlier than ${formatDate(now)}`
  }
  if (expiresAt === undefined && at < now - MAX_SKEW_MS) {
    const limit = formatDate(now - MAX_SKEW_MS)
    return `Signature expired: ${sent} is now earlier than ${limit} (${formatDate(now)} - 5 min.)`
  }
  if (at > now + MAX_SKEW_MS) {
    const limit = formatDate(now + MAX_SKEW_MS)
    return `Signature not yet current: ${sent} is still later than ${limit} (${formatDate(now)} + 5 min.)`
  }
  return undefined
}

/** What a request says of its signature. `url` is what is signed. */
interface Claim {
  readonly authorization: Authorization
  readonly date: string
  readonly token: string
  readonly url: string
  /** Until when a presigned URL works, epoch ms; undefined: a header, which works for 5 minutes. */
  readonly expiresAt: number | undefined
}

const INCOMPLETE = 'Authorization header requires a credential, signed headers with host, and a date.'
const BAD_QUERY =
  'AWS query-string parameters must include each of the parameters of a signature, once, and no header beside them.'

function headerClaim({ headers, url }: SignedRequest, header: string): Claim | Refusal {
  const authorization = parseAuthorization(header)
  const date = headerText(headers, 'x-amz-date')
  if (authorization === undefined || date === undefined || !authorization.signedHeaders.includes('host')) {
    return refused('incomplete', INCOMPLETE)
  }
  return { authorization, date, token: headerText(headers, 'x-amz-security-token') ?? '', url, expiresAt: undefined }
}

function claimOf(request: SignedRequest, allowsPresign: boolean): Claim | Refusal {
  const header = headerText(request.headers, 'authorization')
  const presign = allowsPresign ? presignOf(request.url) : undefined
  if (presign === undefined) {
    return header === undefined
      ? refused('missing', 'Request is missing Authentication Token')
      : headerClaim(request, header)
  }
  if (presign.kind === 'bad-presign' || header !== undefined) return refused('incomplete', BAD_QUERY)
  const { signedAt: date, sessionToken: token, signedUrl: url, expiresSeconds } = presign
  return { authorization: presign, date, token, url, expiresAt: parseDate(date) + expiresSeconds * 1_000 }
}

function signatureOf(
  request: SignedRequest,
  authorization: Authorization,
  key: { secret: string; date: string; plus: PlusMeaning },
): string {
  const { method, url, headers, body } = request
  const cut = url.indexOf('?')
  const path = cut === -1 ? url : url.slice(0, cut)
  const names = [...authorization.signedHeaders].sort(compare)
  const canonical = [
    method,
    path.split('/').map(encode).join('/'),
    cut === -1 ? '' : canonicalQuery(url.slice(cut + 1), key.plus),
    ...names.map((name) => `${name}:${headerText(headers, name) ?? ''}`),
    '',
    authorization.signedHeaders.join(';'),
    sha256(body),
  ].join('\n')
  const scope = `${authorization.date}/${authorization.region}/${authorization.service}/aws4_request`
  const text = [ALGORITHM, key.date, scope, sha256(canonical)].join('\n')
  const signingKey = [authorization.region, authorization.service, 'aws4_request'].reduce(
    (derived, part) => hmac(derived, part),
    hmac(`AWS4${key.secret}`, authorization.date),
  )
  return hmac(signingKey, text).toString('hex')
}

/**
 * Verifies one request against `credentials`. `now` is epoch ms; `region` is the region of this service; `plus` is 'space' unless
 * given.
 */
export function verifySignature(
  request: SignedRequest,
  expected: {
    /** The keys of a user have no token. */
    readonly credentials: Omit<Credentials, 'sessionToken'> & Partial<Credentials>
    readonly region: string
    readonly now: number
    readonly plus?: PlusMeaning
    /** Whether the signature may be in the query; false unless given. */
    readonly allowsPresign?: boolean
  },
): Verdict {
  const { credentials, region, now, plus = 'space', allowsPresign = false } = expected
  const claim = claimOf(request, allowsPresign)
  if ('kind' in claim) return claim
  const { authorization, date } = claim
  if (authorization.accessKeyId !== credentials.accessKeyId) return refused('unknown-key', WRONG_TOKEN)
  if (claim.token !== (credentials.sessionToken ?? '')) {
    return refused('wrong-token', WRONG_TOKEN)
  }
  if (authorization.region !== region || !date.startsWith(authorization.date)) {
    return refused('wrong-scope', 'Credential should be scoped to a valid region.')
  }
  const skewed = skew(date, now, claim.expiresAt)
  if (skewed !== undefined) return refused('skewed', skewed)
  const signature = signatureOf({ ...request, url: claim.url }, authorization, {
    secret: credentials.secretAccessKey,
    date,
    plus,
  })
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(authorization.signature)))
    return refused('mismatch', MISMATCH)
  const { service } = authorization
  return { kind: 'verified', scope: { date: authorization.date, region, service } }
}
