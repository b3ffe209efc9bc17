import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPresigned, signUpgradeRequest, type PlusForm } from './signing'

// The signature once more, straight from the AWS documentation ("Create a signed AWS API request"), sharing nothing
// with the code under test.
const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const encode = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte)
      return /[A-Za-z0-9_.~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')

function expectedSignature(request: {
  host: string
  path: string
  pairs: [string, string][]
  headers: [string, string][]
  date: string
  region: string
  secret: string
}): string {
  const query = request.pairs
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&')
  const headers = [['host', request.host], ...request.headers].toSorted(([a], [b]) => (a! < b! ? -1 : 1))
  const names = headers.map(([name]) => name).join(';')
  const path = request.path.split('/').map(encode).join('/')
  const canonical = ['GET', path, query, ...headers.map(([name, value]) => `${name}:${value}`), '', names, hash('')]
  const day = request.date.slice(0, 8)
  const scope = `${day}/${request.region}/ssmmessages/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', request.date, scope, hash(canonical.join('\n'))].join('\n')
  const key = [day, request.region, 'ssmmessages', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${request.secret}`,
  )
  return hmac(key, toSign).toString('hex')
}

const signedAt = new Date('2026-11-22T03:14:31.373Z')
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG', sessionToken: 'to/ken+==' }

async function signatureOf(url: string, plus?: PlusForm): Promise<string | undefined> {
  const headers = await signUpgradeRequest({
    url: new URL(url),
    region: 'eu-central-1',
    credentials,
    signedAt,
    ...(plus === undefined ? {} : { plus }),
  })
  return /Signature=([0-9a-f]{64})$/.exec(headers['authorization'] ?? '')?.[1]
}

describe('the signature of a WebSocket upgrade', () => {
  test('reads a + of the query as a space, as AWS does, and as a plus sign where that is asked for', async () => {
    const url =
      'wss://ssmmessages.eu-central-1.amazonaws.com/v1/data-channel/ann-0123456789abcdef0?role=publish_subscribe&cell-number=AAE+b/8zz+Q=='
    const given = {
      host: 'ssmmessages.eu-central-1.amazonaws.com',
      path: '/v1/data-channel/ann-0123456789abcdef0',
      headers: [
        ['x-amz-date', '20261122T031431Z'],
        ['x-amz-security-token', credentials.sessionToken],
      ] as [string, string][],
      date: '20261122T031431Z',
      region: 'eu-central-1',
      secret: credentials.secretAccessKey,
    }
    const asPlus = expectedSignature({
      ...given,
      pairs: [
        ['role', 'publish_subscribe'],
        ['cell-number', 'AAE+b/8zz+Q=='],
      ],
    })
    const asForm = expectedSignature({
      ...given,
      pairs: [
        ['role', 'publish_subscribe'],
        ['cell-number', 'AAE b/8zz Q=='],
      ],
    })
    expect(await signatureOf(url)).toBe(asForm)
    expect(await signatureOf(url, 'plus')).toBe(asPlus)
  })

  test('covers percent-encoded values once decoded, names in order, a port, and a session name with @', async () => {
    const url = 'wss://vpce-1.example:8443/v1/data-channel/ann@example.com-0abc?z=%2B%20x&a=&role=p'
    expect(await signatureOf(url)).toBe(
      expectedSignature({
        host: 'vpce-1.example:8443',
        path: '/v1/data-channel/ann@example.com-0abc',
        pairs: [
          ['z', '+ x'],
          ['a', ''],
          ['role', 'p'],
        ],
        headers: [
          ['x-amz-date', '20261122T031431Z'],
          ['x-amz-security-token', credentials.sessionToken],
        ],
        date: '20261122T031431Z',
        region: 'eu-central-1',
        secret: credentials.secretAccessKey,
      }),
    )
  })

  test('equals the independent one for any base64 cell number', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 40 }), async (bytes) => {
        const cell = Buffer.from(bytes).toString('base64')
        const expected = expectedSignature({
          host: 'h.example',
          path: '/v1/data-channel/s',
          pairs: [['cell-number', cell.replaceAll('+', ' ')]],
          headers: [
            ['x-amz-date', '20261122T031431Z'],
            ['x-amz-security-token', credentials.sessionToken],
          ],
          date: '20261122T031431Z',
          region: 'eu-central-1',
          secret: credentials.secretAccessKey,
        })
        expect(await signatureOf(`wss://h.example/v1/data-channel/s?cell-number=${cell}`)).toBe(expected)
      }),
      { numRuns: 100 },
    )
  })

  test('adds headers only, without a host, and no token for keys without one', async () => {
    const url = new URL('wss://h.example/v1/data-channel/s?role=p')
    const { accessKeyId, secretAccessKey } = credentials
    const headers = await signUpgradeRequest({
      url,
      region: 'eu-central-1',
      credentials: { accessKeyId, secretAccessKey },
      signedAt,
    })
    expect(Object.keys(headers).toSorted()).toEqual(['authorization', 'x-amz-date'])
    expect(url.href).toBe('wss://h.example/v1/data-channel/s?role=p')
  })

  test('is not needed by a presigned URL, whatever the case of its parameters', () => {
    expect(isPresigned(new URL('wss://h.example/x?X-Amz-Signature=1'))).toBe(true)
    expect(isPresigned(new URL('wss://h.example/x?role=p&x-amz-date=1'))).toBe(true)
    expect(isPresigned(new URL('wss://h.example/x?role=X-Amz-Date'))).toBe(false)
  })

  test('leaves a malformed pair out, as Go does', async () => {
    expect(await signatureOf('wss://h.example/v1/x?a=100%&b=1;c=2&d=3')).toBe(
      await signatureOf('wss://h.example/v1/x?d=3'),
    )
  })
})
