import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { NaiveClient, getTicket, signNaively, type NaiveTicket } from '../../../e2e/kit/wire/naiveclient'
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator'

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, hasPty: false })
})
afterAll(async () => {
  await simulator[Symbol.asyncDispose]()
})

const targetOf = (one: Simulator) => one.world.instances[0]!.id
const startPort = (one: Simulator, port = 7) =>
  getTicket(one, 'StartSession', {
    Target: targetOf(one),
    DocumentName: 'AWS-StartPortForwardingSession',
    Parameters: { portNumber: [String(port)] },
  })
const statusOf = (one: Simulator, id: string) => one.sessions().find((session) => session.id === id)?.status

// The HTTP status of an upgrade that is refused, or 101.
async function upgrade(url: string, headers: Record<string, string> = {}): Promise<number> {
  const webSocket = new WebSocket(url, { headers })
  return new Promise((resolve) => {
    webSocket.once('open', () => {
      webSocket.terminate()
      resolve(101)
    })
    webSocket.once('unexpected-response', (_, response) => {
      webSocket.on('error', () => undefined)
      webSocket.terminate()
      resolve(response.statusCode ?? 0)
    })
    webSocket.once('error', () => undefined)
  })
}

// Sends one first message and answers the close code.
async function openWith(url: string, message: string | Buffer): Promise<number> {
  const webSocket = new WebSocket(url)
  await once(webSocket, 'open')
  webSocket.send(message)
  const [code] = (await once(webSocket, 'close')) as [number]
  return code
}

const openMessage = (token: string) =>
  JSON.stringify({ MessageSchemaVersion: '1.0', RequestId: 'r', TokenValue: token, ClientVersion: '1.2.896.0' })

describe('who gets in', () => {
  test.each([
    [{ origin: 'http://127.0.0.1' }, 403],
    [{ origin: 'null' }, 403],
    [{ host: 'evil.example' }, 403],
    [{ host: '127.0.0.1.evil.example' }, 403],
    [{ host: '192.168.0.1' }, 403],
  ])('an API request with %j is answered %i, however it is signed', async (headers, status) => {
    const url = new URL(simulator.endpointUrl)
    const request = httpRequest(url, { method: 'POST', headers: { ...headers, 'content-length': '0' } })
    request.end()
    const [response] = (await once(request, 'response')) as [{ statusCode: number; resume(): void }]
    response.resume()
    expect(response.statusCode).toBe(status)
  })

  test('the same request without them is looked at', async () => {
    const response = await fetch(simulator.endpointUrl, {
      method: 'POST',
      body: '{}',
      headers: { 'x-amz-target': 'AmazonSSM.GetDocument', 'content-type': 'application/x-amz-json-1.1' },
    })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('MissingAuthenticationTokenException')
  })

  test.each([{ origin: 'http://127.0.0.1' }, { host: 'evil.example' }])(
    'an upgrade with %j is refused',
    async (headers) => {
      const { url } = await startPort(simulator)
      expect(await upgrade(url, headers)).toBe(403)
      expect(await upgrade(url)).toBe(101)
    },
  )

  test('it listens on 127.0.0.1 and nowhere else', async () => {
    const { port } = new URL(simulator.endpointUrl)
    const socket = connect({ host: '127.0.0.2', port: Number(port) })
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
  })

  test('a body larger than any request is refused', async () => {
    const response = await fetch(simulator.endpointUrl, { method: 'POST', body: Buffer.alloc(2_000_000) }).catch(
      () => ({
        status: 413,
      }),
    )
    expect(response.status).toBe(413)
  })
})

describe('signed upgrades', () => {
  const sign = (one: Simulator, url: string, service = 'ssmmessages') =>
    signNaively(one, { method: 'GET', url: new URL(url), service })

  async function withPolicy(upgradePolicy: NonNullable<SimulatorOptions['upgradePolicy']>) {
    const one = await startSimulator({ upgradePolicy })
    const { url } = await startPort(one)
    const statuses = { signed: await upgrade(url, sign(one, url)), unsigned: await upgrade(url) }
    await one[Symbol.asyncDispose]()
    return statuses
  }

  test.each([
    ['any', { signed: 101, unsigned: 101 }],
    ['signed-only', { signed: 101, unsigned: 403 }],
    ['unsigned-only', { signed: 403, unsigned: 101 }],
  ] as const)('%s: %j', async (policy, statuses) => {
    expect(await withPolicy(policy)).toEqual(statuses)
  })

  test('a signature is verified even where none is needed', async () => {
    const { url } = await startPort(simulator)
    const asPlus = new URL(url.replaceAll('+', '%2B'))
    expect(await upgrade(url, sign(simulator, asPlus.href))).toBe(403)
    expect(await upgrade(url, sign(simulator, url, 'ssm'))).toBe(403)
    const { authorization = '', ...rest } = sign(simulator, url)
    const last = authorization.endsWith('0') ? '1' : '0'
    expect(await upgrade(url, { ...rest, authorization: authorization.slice(0, -1) + last })).toBe(403)
  })

  test('a signed one is judged by the policy of its caller, an unsigned one by its token alone', async () => {
    const allowed = { effect: 'allow', actions: ['ssm:*', 'ssmmessages:*'] } as const
    const denied = { effect: 'deny', actions: ['ssmmessages:OpenDataChannel'] } as const
    await using one = await startSimulator({ policies: { CulvertDemo: [allowed, denied] } })
    const { url } = await startPort(one)
    expect([await upgrade(url, sign(one, url)), await upgrade(url)]).toEqual([403, 101])
    const own = { ...allowed, resources: ['*:instance/*', '*:document/*', '*:session/${aws:userid}-*'] }
    one.faults.apply({ kind: 'policy', identity: 'CulvertDemo', statements: [own] })
    const next = await startPort(one)
    expect(await upgrade(next.url, sign(one, next.url))).toBe(101)
  })

  test('whether it was signed is on record', async () => {
    const client = new NaiveClient()
    const ticket = await startPort(simulator)
    await client.open(ticket, sign(simulator, ticket.url))
    await client.shakeHands()
    const record = simulator.sessions().find(({ id }) => id === ticket.sessionId)
    expect(record?.opened).toMatchObject([{ isSigned: true, clientId: client.clientId, clientVersion: '1.2.896.0' }])
    client.close()
  })

  test('an injected fault answers an upgrade', async () => {
    const { url } = await startPort(simulator)
    simulator.failNext('OpenDataChannel', { code: 'Unauthorized', status: 401 })
    expect([await upgrade(url), await upgrade(url)]).toEqual([401, 101])
  })
})

describe('the open message', () => {
  test.each<[string, (ticket: NaiveTicket) => Promise<number>]>([
    ['a wrong token', ({ url }) => openWith(url, openMessage('wrong'))],
    ['another session’s token', async ({ url }) => openWith(url, openMessage((await startPort(simulator)).token))],
    ['no JSON', ({ url }) => openWith(url, 'hello')],
    ['a binary message', ({ url, token }) => openWith(url, Buffer.from(openMessage(token)))],
    [
      'an unknown session',
      ({ url, token }) => openWith(url.replace(/channel\/[^?]+/, 'channel/x'), openMessage(token)),
    ],
    ['an address that was re-encoded', ({ url, token }) => openWith(url.replaceAll('+', '%2B'), openMessage(token))],
  ])('%s closes the socket', async (_, open) => {
    const ticket = await startPort(simulator)
    expect(await open(ticket)).toBe(1008)
    expect(statusOf(simulator, ticket.sessionId)).toBe('Connecting')
  })

  test('a token works once', async () => {
    const ticket = await startPort(simulator)
    const client = new NaiveClient()
    await client.open(ticket)
    await client.shakeHands()
    expect(await openWith(ticket.url, openMessage(ticket.token))).toBe(1008)
    expect(client.closeCode).toBeUndefined()
    client.close()
  })

  test('a resume makes the address and the token before it worthless', async () => {
    const first = await startPort(simulator)
    const second = await getTicket(simulator, 'ResumeSession', { SessionId: first.sessionId })
    expect(await openWith(first.url, openMessage(first.token))).toBe(1008)
    expect(await openWith(first.url, openMessage(second.token))).toBe(1008)
  })

  test('nothing but the data channel is an address', async () => {
    const { url } = await startPort(simulator)
    expect(await upgrade(url.replace('/v1/data-channel/', '/v1/control-channel/'))).toBe(404)
  })
})

describe('the newest connection', () => {
  test('wins, and the one before is closed', async () => {
    const ticket = await startPort(simulator)
    const first = new NaiveClient()
    await first.open(ticket)
    await first.shakeHands()
    const second = new NaiveClient()
    await second.open(await getTicket(simulator, 'ResumeSession', { SessionId: ticket.sessionId }))
    expect(await first.until(() => first.closeCode)).toBe(1000)
    await vi.waitFor(() => expect(statusOf(simulator, ticket.sessionId)).toBe('Connected'))
    expect(simulator.sessions().find(({ id }) => id === ticket.sessionId)?.resumes).toBe(1)
    second.close()
  })
})
