import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import { describe, expect, test } from 'vitest'
import { signNaively } from '../../../e2e/kit/wire/naiveclient'
import { verifySignature, type Credentials, type SignedRequest } from './signature'

const credentials: Credentials = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'secret/+key',
  sessionToken: 'to/ken+==',
}
const region = 'eu-west-1'
const NOW = Date.parse('2026-11-22T03:14:29Z')
const HOST = '127.0.0.1:4321'
const CELL = 'cell-number=AAEC+w/x9+YZ=='

// What smithy needs of a hash, over node:crypto.
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>
  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret)
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data)
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()))
  }
}

async function signWithSmithy(options: {
  readonly method?: string
  readonly path?: string
  readonly query?: Record<string, string>
  readonly rawQuery?: string
  readonly body?: string
  readonly service?: string
  readonly at?: number
}): Promise<SignedRequest> {
  const { method = 'POST', path = '/', query = {}, rawQuery, body = '', service = 'ssm', at = NOW } = options
  const signer = new SignatureV4({
    credentials,
    region,
    service,
    sha256: Sha256 as unknown as ConstructorParameters<typeof SignatureV4>[0]['sha256'],
  })
  const request = { method, protocol: 'http:', hostname: '127.0.0.1', port: 4321, path, query, body }
  const signed = await signer.sign({ ...request, headers: { host: HOST } }, { signingDate: new Date(at) })
  return {
    method,
    url: rawQuery === undefined ? path : `${path}?${rawQuery}`,
    headers: signed.headers,
    body: Buffer.from(body),
  }
}

const verify = (request: SignedRequest, now = NOW) => verifySignature(request, { credentials, region, now })

describe('a request signed by another implementation', () => {
  test('is accepted, and its scope is told', async () => {
    expect(verify(await signWithSmithy({ body: '{"Target":"i-1"}' }))).toEqual({
      kind: 'verified',
      scope: { date: '20261122', region, service: 'ssm' },
    })
  })

  test.each([
    ['space', 'AAEC w/x9 YZ=='],
    ['plus', 'AAEC+w/x9+YZ=='],
  ] as const)('over a raw + is accepted where it took it for a %s, as the service does', async (plus, cell) => {
    const request = await signWithSmithy({
      method: 'GET',
      path: '/v1/data-channel/demo-0123',
      query: { role: 'publish_subscribe', 'cell-number': cell },
      rawQuery: `role=publish_subscribe&${CELL}`,
      service: 'ssmmessages',
    })
    const verdicts = (['space', 'plus'] as const).map(
      (meaning) => verifySignature(request, { credentials, region, now: NOW, plus: meaning }).kind === 'verified',
    )
    expect(verdicts).toEqual([plus === 'space', plus === 'plus'])
    expect(verify(request).kind).toBe(plus === 'space' ? 'verified' : 'refused')
  })

  test('is accepted with the query in any order and a path that needs encoding', async () => {
    const request = await signWithSmithy({
      path: '/a@b/c',
      query: { b: '2', a: '1', 'a-b': '~' },
      rawQuery: 'b=2&a-b=~&a=1',
    })
    expect(verify(request).kind).toBe('verified')
  })
})

describe('a tampered request is refused', () => {
  test.each<[string, (request: SignedRequest) => SignedRequest]>([
    ['another body', (request) => ({ ...request, body: Buffer.from('{}') })],
    ['another method', (request) => ({ ...request, method: 'PUT' })],
    ['another path', (request) => ({ ...request, url: '/x' })],
    ['a query', (request) => ({ ...request, url: '/?x=1' })],
    ['another host', (request) => ({ ...request, headers: { ...request.headers, host: 'localhost:1' } })],
  ])('%s', async (_, tamper) => {
    const request = await signWithSmithy({ body: '{"Target":"i-1"}' })
    expect(verify(request).kind).toBe('verified')
    expect(verify(tamper(request))).toMatchObject({ kind: 'refused', reason: 'mismatch' })
  })
})

describe('who is refused and why', () => {
  const withHeader = (request: SignedRequest, name: string, value: string): SignedRequest => ({
    ...request,
    headers: { ...request.headers, [name]: value },
  })

  test('no signature', () => {
    expect(verify({ method: 'POST', url: '/', headers: { host: HOST }, body: Buffer.alloc(0) })).toMatchObject({
      reason: 'missing',
    })
  })

  test.each(['Bearer x', 'AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=1'])(
    'a malformed header: %s',
    async (authorization) => {
      const request = withHeader(await signWithSmithy({}), 'authorization', authorization)
      expect(verify(request)).toMatchObject({ reason: 'incomplete' })
    },
  )

  test('a signature that leaves the host unsigned', async () => {
    const request = await signWithSmithy({})
    const authorization = request.headers.authorization!.replace('SignedHeaders=host;', 'SignedHeaders=')
    expect(verify(withHeader(request, 'authorization', authorization))).toMatchObject({ reason: 'incomplete' })
  })

  test('an unknown key', async () => {
    const request = await signWithSmithy({})
    const authorization = request.headers.authorization!.replace('ASIAEXAMPLE', 'ASIAOTHER')
    expect(verify(withHeader(request, 'authorization', authorization))).toMatchObject({ reason: 'unknown-key' })
  })

  test('a wrong session token', async () => {
    const request = withHeader(await signWithSmithy({}), 'x-amz-security-token', 'other')
    expect(verify(request)).toMatchObject({ reason: 'wrong-token' })
  })

  test('another region', async () => {
    const request = await signWithSmithy({})
    const verdict = verifySignature(request, { credentials, region: 'us-east-1', now: NOW })
    expect(verdict).toMatchObject({ reason: 'wrong-scope' })
  })

  test.each([
    [5 * 60_000, 'verified'],
    [5 * 60_000 + 1_000, 'refused'],
    [-5 * 60_000, 'verified'],
    [-5 * 60_000 - 1_000, 'refused'],
  ])('a clock that is off by %i ms is %s', async (offMs, kind) => {
    expect(verify(await signWithSmithy({}), NOW + offMs).kind).toBe(kind)
  })

  test('an expired signature is told in AWS’s words', async () => {
    expect(verify(await signWithSmithy({}), NOW + 600_000)).toMatchObject({
      reason: 'skewed',
      why: 'Signature expired: 20261122T031429Z is now earlier than 20261122T031929Z (20261122T032429Z - 5 min.)',
    })
  })
})

test('the naive signer of the other tests agrees', () => {
  const url = new URL(`http://${HOST}/v1/data-channel/demo-0123?role=publish_subscribe&${CELL}`)
  const headers = signNaively({ credentials, region }, { method: 'GET', url, service: 'ssmmessages', at: NOW })
  const request = {
    method: 'GET',
    url: `${url.pathname}${url.search}`,
    headers: { ...headers, host: HOST },
    body: Buffer.alloc(0),
  }
  expect(verify(request).kind).toBe('verified')
})
