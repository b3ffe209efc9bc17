// Presigned upgrades, as the presigner of AWS's SDK makes them: by the verifier, and over real sockets.

import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { NaiveClient, getTicket, signNaively, type NaiveTicket } from '../../../e2e/kit/wire/naiveclient'
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator'
import { presignOf, withoutPresign } from './presigned'
import { verifySignature } from './signature'

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

interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

// The stream URL, verbatim, with the parameters of the signature behind it. A raw + of its query is signed as a space.
async function presign(
  streamUrl: string,
  {
    keys,
    at = Date.now(),
    expiresIn = 60,
    service = 'ssmmessages',
    region = 'eu-west-1',
  }: {
    readonly keys: Keys
    readonly at?: number
    readonly expiresIn?: number
    readonly service?: string
    readonly region?: string
  },
): Promise<string> {
  const url = new URL(streamUrl)
  const signer = new SignatureV4({
    credentials: keys,
    region,
    service,
    sha256: Sha256 as unknown as ConstructorParameters<typeof SignatureV4>[0]['sha256'],
  })
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      query: Object.fromEntries(new URLSearchParams(url.search)),
      headers: { host: url.host },
    },
    { expiresIn, signingDate: new Date(at) },
  )
  const added = Object.entries(signed.query ?? {}).filter(([name]) => name.startsWith('X-Amz-'))
  return `${streamUrl}&${added.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`
}

const NOW = Date.parse('2026-11-22T03:14:29Z')
const STREAM = 'ws://127.0.0.1:4321/v1/data-channel/ann-1?role=publish_subscribe&cell-number=AAEC+w/x9+YZ=='
const KEYS = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret/+key', sessionToken: 'to/ken+==' }
const pathOf = (url: string) => url.slice(url.indexOf('/v1/'))

const verdict = (url: string, { now = NOW, headers = {}, allowsPresign = true } = {}) =>
  verifySignature(
    { method: 'GET', url: pathOf(url), headers: { host: '127.0.0.1:4321', ...headers }, body: Buffer.alloc(0) },
    { credentials: KEYS, region: 'eu-west-1', now, allowsPresign },
  )
const reason = (...asked: Parameters<typeof verdict>) => {
  const found = verdict(...asked)
  return found.kind === 'refused' ? found.reason : found.scope
}

test('a presigned URL is verified, and what remains of it is the stream URL, verbatim', async () => {
  const url = await presign(STREAM, { keys: KEYS, at: NOW })
  expect(reason(url)).toEqual({ date: '20261122', region: 'eu-west-1', service: 'ssmmessages' })
  expect(withoutPresign(pathOf(url))).toBe(pathOf(STREAM))
  expect([presignOf(pathOf(STREAM)), withoutPresign('/x')]).toEqual([undefined, '/x'])
})

test('it works for as long as it says, from its date on', async () => {
  const url = await presign(STREAM, { keys: KEYS, at: NOW, expiresIn: 900 })
  expect(reason(url, { now: NOW + 900_000 })).toMatchObject({ service: 'ssmmessages' })
  expect(reason(url, { now: NOW + 900_001 })).toBe('skewed')
  expect(reason(url, { now: NOW - 299_000 })).toMatchObject({ service: 'ssmmessages' })
  expect(reason(url, { now: NOW - 301_000 })).toBe('skewed')
})

test.each<[string, (url: string) => string, string]>([
  ['another session', (url) => url.replace('/ann-1', '/bob-1'), 'mismatch'],
  ['another cell', (url) => url.replace('w/x9', 'w/x8'), 'mismatch'],
  ['a parameter more', (url) => `${url}&role=subscribe`, 'mismatch'],
  ['a longer life', (url) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'), 'mismatch'],
  ['a life without an end', (url) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=604801'), 'incomplete'],
  ['no life', (url) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=0'), 'incomplete'],
  ['a later date', (url) => url.replace('T031429Z', 'T031430Z'), 'mismatch'],
  ['a date that is none', (url) => url.replace('20261122T031429Z', '20261122T'), 'incomplete'],
  [
    'a signature that differs',
    (url) => url.replace(/(Signature=)(.)/, (_, a: string, b: string) => a + (b === '0' ? '1' : '0')),
    'mismatch',
  ],
  ['no signature', (url) => url.replace(/&X-Amz-Signature=\w+/, ''), 'incomplete'],
  ['two signatures', (url) => `${url}&X-Amz-Signature=${'0'.repeat(64)}`, 'incomplete'],
  ['a name in another case', (url) => url.replace('X-Amz-Date', 'x-amz-date'), 'incomplete'],
  ['the host unsigned', (url) => url.replace('SignedHeaders=host', 'SignedHeaders=date'), 'incomplete'],
  ['another algorithm', (url) => url.replace('AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA1'), 'incomplete'],
  ['no session token', (url) => url.replace(/&X-Amz-Security-Token=[^&]+/, ''), 'wrong-token'],
  ['another key', (url) => url.replace('ASIAEXAMPLE', 'ASIAANOTHER'), 'unknown-key'],
])('%s is refused', async (_, change, why) => {
  const url = await presign(STREAM, { keys: KEYS, at: NOW })
  expect(change(url)).not.toBe(url)
  expect(reason(change(url))).toBe(why)
})

test('another host or region, a header beside it, and a service that takes headers only refuse it', async () => {
  const url = await presign(STREAM, { keys: KEYS, at: NOW })
  expect(reason(url, { headers: { host: '127.0.0.1:4322' } })).toBe('mismatch')
  expect(reason(url, { headers: { authorization: 'AWS4-HMAC-SHA256 x' } })).toBe('incomplete')
  expect(reason(url, { allowsPresign: false })).toBe('missing')
  expect(reason(await presign(STREAM, { keys: KEYS, at: NOW, region: 'us-east-1' }))).toBe('wrong-scope')
})

let simulator: Simulator
const clients: NaiveClient[] = []

async function begin(options: SimulatorOptions = {}): Promise<NaiveTicket> {
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, hasPty: false, ...options })
  return getTicket(simulator, 'StartSession', {
    Target: simulator.world.instances[0]!.id,
    DocumentName: 'AWS-StartPortForwardingSession',
    Parameters: { portNumber: ['7'] },
  })
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await simulator?.[Symbol.asyncDispose]()
})

function open(ticket: NaiveTicket, url: string, headers: Record<string, string> = {}) {
  const client = new NaiveClient()
  clients.push(client)
  return { client, opened: client.open({ ...ticket, url }, headers) }
}

async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  const webSocket = new WebSocket(url, { headers })
  return new Promise((resolve) => {
    webSocket.on('error', () => undefined)
    webSocket.once('open', () => {
      webSocket.terminate()
      resolve(101)
    })
    webSocket.once('unexpected-response', (_, response) => {
      webSocket.terminate()
      resolve(response.statusCode ?? 0)
    })
  })
}

test('a presigned upgrade opens a data channel where upgrades have to be signed, and opens it once', async () => {
  const ticket = await begin({ upgradePolicy: 'signed-only' })
  const url = await presign(ticket.url, { keys: simulator.credentials })
  expect(await statusOf(ticket.url)).toBe(403)
  const { client, opened } = open(ticket, url)
  await opened
  await client.shakeHands()
  expect(simulator.sessions()[0]).toMatchObject({ status: 'Connected', opened: [{ isSigned: true }] })
  // The upgrade is let in again, but the token is used: there is no resume without ResumeSession.
  simulator.cut(ticket.sessionId)
  const again = open(ticket, url)
  await again.opened
  await again.client.until(() => again.client.closeCode)
  expect(again.client.closeCode).toBe(1008)
})

test('an expired or tampered one, one of another service, and one with expired credentials get no upgrade', async () => {
  const ticket = await begin()
  const keys = simulator.credentials
  const status = async (...asked: [Partial<Parameters<typeof presign>[1]>?, ((url: string) => string)?]) => {
    const url = await presign(ticket.url, { keys, ...asked[0] })
    return statusOf(asked[1]?.(url) ?? url)
  }
  expect(await status({ at: Date.now() - 61_000 })).toBe(403)
  expect(await status({}, (url) => url.replace('publish_subscribe', 'subscribe'))).toBe(403)
  expect(await status({ service: 'ssm' })).toBe(403)
  const url = await presign(ticket.url, { keys })
  const signed = signNaively(simulator, { method: 'GET', url: new URL(url), service: 'ssmmessages' })
  expect(await statusOf(url, signed)).toBe(403)
  simulator.rotateCredentials()
  expect(await statusOf(url)).toBe(403)
  expect(await status({ keys: simulator.credentials })).toBe(101)
})

test('the policy of whose keys presigned it decides', async () => {
  const deny = [{ effect: 'deny', actions: ['ssmmessages:OpenDataChannel'] }] as const
  const ann = { name: 'ann', accessKeyId: 'AKIAANN', secretAccessKey: 'secret' }
  const ticket = await begin({ users: [ann], policies: { ann: deny } })
  expect(await statusOf(await presign(ticket.url, { keys: ann }))).toBe(403)
  expect(await statusOf(await presign(ticket.url, { keys: simulator.credentials }))).toBe(101)
})
