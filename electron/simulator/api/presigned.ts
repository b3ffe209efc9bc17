// The signature of a presigned URL: Signature Version 4 in the query, as a data channel's upgrade may carry it. Pure.
//
//   StreamUrl & X-Amz-Algorithm & X-Amz-Credential & X-Amz-Date & X-Amz-Expires & X-Amz-SignedHeaders & X-Amz-Signature
//             [& X-Amz-Security-Token]
//
// The signature covers the query without X-Amz-Signature. The token of the open message must fit the query without any of these
// parameters, which is StreamUrl's own. A token works once and a resume has another StreamUrl, so a presigned URL opens one data channel,
// once.
// Source: AWS General Reference, "Signature Version 4: authenticating requests using query parameters"; specification §2.

const PREFIX = 'X-Amz-'
const ALGORITHM = 'AWS4-HMAC-SHA256'
/** Seven days. */
const MAX_EXPIRES_SECONDS = 604_800
const CREDENTIAL = /^([^/\s]+)\/(\d{8})\/([^/\s]+)\/([^/\s]+)\/aws4_request$/

/** A complete signature of a query. */
export interface Presign {
  readonly kind: 'presign'
  readonly accessKeyId: string
  /** The parts of the scope. */
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** `20261122T031429Z`. */
  readonly signedAt: string
  readonly expiresSeconds: number
  readonly sessionToken: string
  /** Path and query that are signed, raw. */
  readonly signedUrl: string
}

/** A query whose signature is not complete, or not in order. */
interface BadPresign {
  readonly kind: 'bad-presign'
}

function split(url: string): { readonly path: string; readonly parts: readonly string[] } {
  const cut = url.indexOf('?')
  return cut === -1 ? { path: url, parts: [] } : { path: url.slice(0, cut), parts: url.slice(cut + 1).split('&') }
}

function join(path: string, parts: readonly string[]): string {
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`
}

/** Whether a part of a query belongs to a signature. */
function isOfSignature(part: string): boolean {
  return part.toLowerCase().startsWith(PREFIX.toLowerCase())
}

/** Returns path and query as StreamUrl has them: without what a signature added. */
export function withoutPresign(url: string): string {
  const { path, parts } = split(url)
  return join(
    path,
    parts.filter((part) => !isOfSignature(part)),
  )
}

/** Reads the signature of a query. Undefined: the query has none. */
export function presignOf(url: string): Presign | BadPresign | undefined {
  const { path, parts } = split(url)
  const own = parts.filter(isOfSignature)
  if (own.length === 0) return undefined
  const given = new URLSearchParams(own.join('&'))
  const bad: BadPresign = { kind: 'bad-presign' }
  // Each once, in AWS's spelling.
  if (new Set(given.keys()).size !== own.length) return bad
  const read = (name: string): string => given.get(PREFIX + name) ?? ''
  const [, accessKeyId, date, region, service] = CREDENTIAL.exec(read('Credential')) ?? []
  if (accessKeyId === undefined || date === undefined || region === undefined || service === undefined) return bad
  const expiresSeconds = /^\d{1,6}$/.test(read('Expires')) ? Number(read('Expires')) : 0
  const signedHeaders = read('SignedHeaders').split(';')
  const isComplete =
    read('Algorithm') === ALGORITHM &&
    /^\d{8}T\d{6}Z$/.test(read('Date')) &&
    expiresSeconds >= 1 &&
    expiresSeconds <= MAX_EXPIRES_SECONDS &&
    signedHeaders.includes('host') &&
    /^[0-9a-f]{64}$/.test(read('Signature'))
  if (!isComplete) return bad
  return {
    kind: 'presign',
    accessKeyId,
    date,
    region,
    service,
    signedHeaders,
    signature: read('Signature'),
    signedAt: read('Date'),
    expiresSeconds,
    sessionToken: read('Security-Token'),
    signedUrl: join(
      path,
      parts.filter((part) => !part.startsWith(`${PREFIX}Signature=`)),
    ),
  }
}
