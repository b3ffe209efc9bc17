// SigV4 of a WebSocket upgrade: a GET without a body, signed for the service `ssmmessages`, in its headers or in its query.
//
// The URL is dialled as it came, and its query is signed as AWS's own Go signer reads it: as a form. A `cell-number` there is
// base64 with `+`, `/` and `=`, and a form's `+` is a space, so a raw `+` is canonicalised to %20. A service that reads the query
// by RFC 3986 would canonicalise it to %2B: `PlusForm` names the two.
// Source: specification §1.4, §2, §14 (e); aws-sdk-go aws/signer/v4 (URL.Query, Encode); vectors in e2e/vectors/signing-vectors.json.

import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'

/** The service name in the credential scope. Source: session-manager-plugin, websocket upgrade of releases after 1.2.650. */
const SERVICE = 'ssmmessages'

/** Keys and token to sign with. */
export interface SigningCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

type Bytes = string | ArrayBuffer | ArrayBufferView

function asBytes(data: Bytes): string | Uint8Array {
  if (typeof data === 'string') return data
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}

/** SHA-256, or HMAC-SHA-256 with a secret, in the shape that the signer wants. */
class Sha256 {
  readonly #secret: Bytes | undefined
  #hash: Hash | Hmac

  constructor(secret?: Bytes) {
    this.#secret = secret
    this.#hash = this.#fresh()
  }

  #fresh(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', asBytes(this.#secret))
  }

  update(data: Uint8Array): void {
    this.#hash.update(data)
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }

  reset(): void {
    this.#hash = this.#fresh()
  }
}

/** What a raw `+` of the query means to the signature: a space, as AWS's signer has it, or a plus sign. */
export type PlusForm = 'space' | 'plus'

/** Percent-decodes; undefined for a stray %. */
function decode(text: string, plus: PlusForm): string | undefined {
  try {
    return decodeURIComponent(plus === 'space' ? text.replaceAll('+', ' ') : text)
  } catch {
    return undefined
  }
}

/** The query's names and values. A pair that is malformed is left out of the signature, as Go's URL.Query does. */
function parseQuery(query: string, plus: PlusForm): Record<string, string[]> {
  const values = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue
    const end = pair.indexOf('=')
    const name = decode(end === -1 ? pair : pair.slice(0, end), plus)
    const value = end === -1 ? '' : decode(pair.slice(end + 1), plus)
    if (name !== undefined && value !== undefined) values.set(name, [...(values.get(name) ?? []), value])
  }
  return Object.fromEntries(values)
}

/** Whether the URL is presigned, and so needs no headers (and would be refused with both). */
export function isPresigned(url: URL): boolean {
  return Object.keys(parseQuery(url.search.slice(1), 'space')).some((name) => /^x-amz-/i.test(name))
}

/**
 * Signs the upgrade GET of `url`. Returns the headers to add: `authorization`, `x-amz-date` and, with temporary
 * credentials, `x-amz-security-token`. The `host` header is signed as Node will send it. `plus` is AWS's form unless given.
 */
export async function signUpgradeRequest(options: {
  readonly url: URL
  readonly region: string
  readonly credentials: SigningCredentials
  readonly signedAt: Date
  readonly plus?: PlusForm
}): Promise<Record<string, string>> {
  const { url, region, credentials, plus = 'space', signedAt } = options
  const signed = await signerOf(region, credentials).sign(upgradeOf(url, plus), { signingDate: signedAt })
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(signed.headers)) {
    if (name.toLowerCase() !== 'host') headers[name.toLowerCase()] = value
  }
  return headers
}

/**
 * Signs the upgrade GET of `streamUrl` in its query. Returns the URL as it came, with the parameters of the signature behind it.
 * Until it expires it opens the data channel without credentials. A raw `+` is signed as AWS's signer does.
 */
export async function presignUpgradeUrl(options: {
  readonly streamUrl: string
  readonly region: string
  readonly credentials: SigningCredentials
  readonly signedAt: Date
  readonly expiresInSeconds: number
}): Promise<string> {
  const { streamUrl, region, credentials, signedAt, expiresInSeconds } = options
  const url = new URL(streamUrl)
  const signed = await signerOf(region, credentials).presign(upgradeOf(url, 'space'), {
    signingDate: signedAt,
    expiresIn: expiresInSeconds,
  })
  const added = Object.entries(signed.query ?? {}).flatMap(([name, value]) =>
    name.startsWith('X-Amz-') && typeof value === 'string' ? [`${name}=${encodeURIComponent(value)}`] : [],
  )
  return `${streamUrl}${url.search === '' ? '?' : '&'}${added.join('&')}`
}

function signerOf(region: string, { accessKeyId, secretAccessKey, sessionToken }: SigningCredentials): SignatureV4 {
  return new SignatureV4({
    service: SERVICE,
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    sha256: Sha256,
    // AWS's plugin sends no x-amz-content-sha256, which only S3 asks for.
    applyChecksum: false,
  })
}

function upgradeOf(url: URL, plus: PlusForm) {
  return {
    method: 'GET',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: parseQuery(url.search.slice(1), plus),
    headers: { host: url.host },
  }
}
