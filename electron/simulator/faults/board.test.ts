import { request as httpRequest } from 'node:http'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { FaultOrder } from './orders'
import { IDLE_TEXT, MAX_DURATION_TEXT } from './lifetime'
import { MALFORMATIONS } from './malformed'
import { NaiveClient, callSsm, getTicket, muxFrame, readMux } from '../../../e2e/kit/naiveclient'
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator'

let simulator: Simulator
const clients: NaiveClient[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await simulator[Symbol.asyncDispose]()
})

async function begin(options: SimulatorOptions = {}): Promise<void> {
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, hasPty: false, ...options })
}

const target = () => simulator.world.instances[0]!.id
const start = () =>
  getTicket(simulator, 'StartSession', {
    Target: target(),
    DocumentName: 'AWS-StartPortForwardingSession',
    Parameters: { portNumber: ['7'] },
  })
const codeOf = async (operation: string, body: object) => {
  const { status, json } = await callSsm(simulator, operation, { ...body })
  return status === 200 ? 'fine' : `${status} ${String(json['__type'])}`
}

/** A client with an echo stream. */
async function openEcho() {
  const { sessionId, ...ticket } = await start()
  const client = new NaiveClient()
  clients.push(client)
  await client.open({ sessionId, ...ticket })
  await client.shakeHands()
  client.send(1, muxFrame(0, 3))
  await client.until(() => client.unacknowledged.size === 0)
  const echoed = () =>
    Buffer.concat(readMux(client.bytes()).flatMap(({ command, data }) => (command === 2 ? [data] : []))).toString()
  return {
    client,
    sessionId,
    echoed,
    say: (text: string) => client.send(1, muxFrame(2, 3, text)),
    heard: (text: string) => client.until(() => echoed() === text),
    resume: async () => client.open(await getTicket(simulator, 'ResumeSession', { SessionId: sessionId })),
    status: () => simulator.sessions().find(({ id }) => id === sessionId)?.status,
  }
}

const types = (client: NaiveClient) => client.service.map(({ type }) => type)

test('a black hole answers no ping and swallows both ways while the service believes in it; lifted, it is a reset', async () => {
  await begin()
  const { client, say, heard, sessionId, resume, status } = await openEcho()
  simulator.faults.apply({ kind: 'cut', how: 'black-hole', session: sessionId })
  say('lost')
  const { sent } = simulator.sessions()[0]!.counters
  expect(status()).toBe('Connected')
  expect(client.closeCode).toBeUndefined()
  simulator.faults.apply({ kind: 'clear' })
  await client.until(() => client.closeCode === 1006)
  // Nothing of what was written has arrived.
  expect(simulator.sessions()[0]!.counters.sent).toBe(sent)
  await resume()
  await heard('lost')
  expect(simulator.faults.counts['client-black-hole']).toBe(1)
})

test('a black hole that the client has left is no obstacle to its resume', async () => {
  await begin()
  const { say, heard, sessionId, resume } = await openEcho()
  simulator.faults.apply({ kind: 'cut', how: 'black-hole', session: sessionId })
  await resume()
  say('again')
  await heard('again')
})

test.each(['close-1000', 'rst', 'fin'] as const)(
  'an agent whose leg is cut (%s) comes back, and the client is told both times',
  async (how) => {
    await begin()
    const { client, say, heard, sessionId } = await openEcho()
    simulator.faults.apply({ kind: 'cut', leg: 'agent', how, session: sessionId, forMs: 60 })
    say('held')
    await client.until(() => client.service.length === 2)
    expect(types(client)).toEqual(['pause_publication', 'start_publication'])
    for (const frame of client.unacknowledged.values()) client.sendRaw(frame)
    await heard('held')
  },
)

test('nobody is told of an agent in a black hole', async () => {
  await begin()
  const { client, say, heard, sessionId } = await openEcho()
  simulator.faults.apply({ kind: 'cut', leg: 'agent', how: 'black-hole', session: sessionId })
  say('held')
  expect(simulator.sessions()[0]!.status).toBe('Connected')
  simulator.faults.apply({ kind: 'clear' })
  for (const frame of client.unacknowledged.values()) client.sendRaw(frame)
  await heard('held')
  expect(client.service).toEqual([])
})

test('upgrades are refused with the status that was ordered, until it is lifted', async () => {
  await begin()
  const { url } = await start()
  const status = async () => {
    const webSocket = new WebSocket(url)
    webSocket.on('error', () => undefined)
    return new Promise<number>((resolve) => {
      webSocket.once('unexpected-response', (_, response) => {
        resolve(response.statusCode ?? 0)
        webSocket.terminate()
      })
      webSocket.once('open', () => {
        resolve(101)
        webSocket.terminate()
      })
    })
  }
  simulator.faults.apply({ kind: 'refuse-upgrades', status: 502 })
  expect([await status(), await status()]).toEqual([502, 502])
  simulator.faults.apply({ kind: 'clear' })
  expect(await status()).toBe(101)
  expect(simulator.faults.counts['refused-upgrade']).toBe(2)
})

test('delay, jitter and bandwidth keep the order and take their time', async () => {
  await begin()
  const { say, heard } = await openEcho()
  simulator.faults.apply({ kind: 'traffic', session: 'all', direction: 'down', delayMs: 30, jitterMs: 20 })
  simulator.faults.apply({ kind: 'traffic', session: 'all', direction: 'up', bytesPerSecond: 10_000 })
  const text = Array.from({ length: 40 }, (_, index) => String.fromCharCode(65 + index))
  const startedAt = performance.now()
  for (const letter of text) say(letter)
  await heard(text.join(''))
  // 40 messages of 129 bytes at 10,000 bytes a second.
  expect(performance.now() - startedAt).toBeGreaterThan(500)
  const { counts } = simulator.faults
  expect([counts.delay > 0, counts.jitter > 0, counts.bandwidth > 0]).toEqual([true, true, true])
})

test('loss, duplication and reordering meet the class of messages that they are for, and no other', async () => {
  await begin()
  const { client, say, heard } = await openEcho()
  simulator.faults.apply({ kind: 'traffic', messageClass: 'acknowledge', direction: 'down', loss: 1 })
  say('a')
  await heard('a')
  expect(client.unacknowledged.size).toBe(1)
  simulator.faults.apply({ kind: 'clear' })
  for (const frame of client.unacknowledged.values()) client.sendRaw(frame)
  await client.until(() => client.unacknowledged.size === 0)

  simulator.faults.apply({ kind: 'traffic', messageClass: 'data', direction: 'down', duplicate: 1 })
  say('b')
  await heard('ab')
  const doubled = client.stream.at(-1)!.sequenceNumber
  await client.until(() => client.copies.filter(({ sequenceNumber }) => sequenceNumber === doubled).length > 1)
  simulator.faults.apply({ kind: 'clear' })

  // What waits is overtaken by what is said after it, if that comes within 40 ms: said again until it has.
  let wanted = 'ab'
  let isOvertaken = false
  while (!isOvertaken) {
    const before = client.copies.length
    const { reorder } = simulator.faults.counts
    simulator.faults.apply({ kind: 'traffic', messageClass: 'data', direction: 'down', reorder: 1 })
    say('c')
    await client.until(() => simulator.faults.counts.reorder > reorder)
    simulator.faults.apply({ kind: 'clear' })
    say('d')
    wanted += 'cd'
    await heard(wanted)
    const numbers = client.copies.slice(before).map(({ sequenceNumber }) => sequenceNumber)
    isOvertaken = numbers[0]! > Math.min(...numbers)
  }
  // An agent that hears nothing for 200 ms sends again, so a slow machine may have had more of each.
  const { loss, duplicate, reorder } = simulator.faults.counts
  expect([loss >= 1, duplicate >= 1, reorder >= 1]).toEqual([true, true, true])
})

test.each(MALFORMATIONS)('a malformed twin (%s) goes ahead of the good frame and is not the same', async (how) => {
  await begin()
  const { client, say, heard, sessionId } = await openEcho()
  await client.until(() => client.unacknowledged.size === 0)
  const frames: Buffer[] = []
  client.onFrame = (frame) => frames.push(frame)
  // What passes first is the acknowledgement: its twin is what is looked at.
  simulator.faults.apply({ kind: 'malformed', session: sessionId, how })
  say('x')
  await client.until(() => frames.length >= 2)
  expect(frames[0]!.equals(frames[1]!)).toBe(false)
  expect(simulator.faults.counts.malformed).toBe(1)
  client.onFrame = () => undefined
  if (how === 'nul-padding') await heard('x')
})

test('an API error comes by operation, as often as ordered', async () => {
  await begin()
  const { sessionId: SessionId } = await start()
  simulator.faults.apply({ kind: 'api-error', operation: 'ResumeSession', code: 'ThrottlingException', count: 2 })
  simulator.faults.apply({ kind: 'api-error', operation: 'GetDocument', code: 'InternalServerError', status: 500 })
  const resume = () => codeOf('ResumeSession', { SessionId })
  expect([await resume(), await resume(), await resume()]).toEqual([
    '400 ThrottlingException',
    '400 ThrottlingException',
    'fine',
  ])
  expect(await codeOf('GetDocument', { Name: 'x' })).toBe('500 InternalServerError')
  simulator.faults.apply({ kind: 'clear' })
  expect(await codeOf('GetDocument', { Name: 'x' })).toBe('400 InvalidDocument')
  expect(simulator.faults.counts['api-error']).toBe(3)
})

test('expired credentials are told from wrong ones, with either status, and new ones work at once', async () => {
  await begin()
  const { sessionId } = await start()
  const old = simulator.credentials
  const call = () => codeOf('ResumeSession', { SessionId: sessionId })
  for (const status of [400, 403] as const) {
    simulator.faults.apply({ kind: 'expire-credentials', status })
    expect(await call()).toBe(`${status} ExpiredTokenException`)
  }
  expect(simulator.rotateCredentials()).not.toEqual(old)
  expect(await call()).toBe('fine')
  // A signature that is wrong is no expired key, even under one that has expired.
  const { endpointUrl, region } = simulator
  const forged = { ...old, secretAccessKey: 'guessed' }
  const one = { endpointUrl, region, credentials: forged } as Simulator
  const { json } = await callSsm(one, 'ResumeSession', { SessionId: sessionId })
  expect(json['__type']).toBe('InvalidSignatureException')
})

test.each(['expired', 'used'] as const)(
  'a token that is %s from the start opens nothing, the next one does',
  async (how) => {
    await begin()
    simulator.faults.apply({ kind: 'spoil-token', how })
    const { sessionId, url, token } = await start()
    const webSocket = new WebSocket(url)
    await once(webSocket, 'open')
    webSocket.send(
      JSON.stringify({ MessageSchemaVersion: '1.0', RequestId: 'r', TokenValue: token, ClientVersion: '1.2.896.0' }),
    )
    expect((await once(webSocket, 'close'))[0]).toBe(1008)
    const client = new NaiveClient()
    clients.push(client)
    await client.open(await getTicket(simulator, 'ResumeSession', { SessionId: sessionId }))
    await client.shakeHands()
  },
)

test.each([
  ['end', 'Failed'],
  ['keep', 'Connected'],
] as const)('an agent that is killed and restarted (sessions %s) leaves its session %s', async (sessions, status) => {
  await begin()
  const { client, say, heard, sessionId } = await openEcho()
  simulator.faults.apply({ kind: 'kill-agent', instance: target(), sessions })
  expect(await codeOf('StartSession', { Target: target() })).toBe('400 TargetNotConnected')
  expect(simulator.world.instance(target())?.pingStatus).toBe('ConnectionLost')
  // The service does not know yet what has become of the session.
  expect(await codeOf('ResumeSession', { SessionId: sessionId })).toBe('fine')
  simulator.faults.apply({ kind: 'restart-agent', instance: target() })
  expect(simulator.world.instance(target())?.pingStatus).toBe('Online')
  if (sessions === 'keep') {
    say('still here')
    await heard('still here')
  } else {
    expect(await client.closedOutput()).toBe('')
  }
  expect(simulator.sessions()[0]!.status).toBe(status)
})

test('a pause without a start is only words: what is sent arrives', async () => {
  await begin()
  const { client, say, heard } = await openEcho()
  simulator.faults.apply({ kind: 'pause' })
  await client.until(() => client.service.length === 1)
  say('on')
  await heard('on')
  expect(types(client)).toEqual(['pause_publication'])
})

// The limits below take 3 s: what a test does before they are reached takes a few ms, on a loaded machine a second.

test('sockets are recycled after an hour of the clock with 1000, and the session goes on', async () => {
  await begin({ clock: { minuteMs: 50 }, idleMinutes: 60_000 })
  const { client, say, heard, resume } = await openEcho()
  await client.until(() => client.closeCode === 1_000)
  await resume()
  say('on')
  // The agent's leg is recycled too, so it may be away now: sent again like by any client.
  const timer = setInterval(() => {
    for (const frame of client.unacknowledged.values()) client.sendRaw(frame)
  }, 20)
  await heard('on').finally(() => clearInterval(timer))
  expect(simulator.faults.counts.recycle).toBeGreaterThan(0)
})

test('a session idles out although its client pings, and one that speaks does not', async () => {
  await begin({ clock: { minuteMs: 150 } })
  const silent = await openEcho()
  const speaking = await openEcho()
  const timer = setInterval(() => speaking.say('.'), 20)
  const output = await silent.client.closedOutput().finally(() => clearInterval(timer))
  expect(output).toBe(IDLE_TEXT)
  expect([silent.status(), speaking.status()]).toEqual(['Terminated', 'Connected'])
})

test('a session ends at its maximum duration whatever it does', async () => {
  await begin({ clock: { minuteMs: 300 }, maxMinutes: 10 })
  const unopened = await start()
  const { client } = await openEcho()
  expect(await client.closedOutput()).toBe(MAX_DURATION_TEXT)
  // One that nobody has opened is no exception.
  expect(await codeOf('ResumeSession', { SessionId: unopened.sessionId })).toBe('400 DoesNotExistException')
})

test('a message over the limit ends the socket with 1009', async () => {
  await begin({ maxMessageBytes: 2_000 })
  const { client } = await openEcho()
  client.send(1, Buffer.alloc(3_000))
  await client.until(() => client.closeCode === 1_009)
})

test('a script is played in its order and ends; another one stops it', async () => {
  await begin()
  const never: FaultOrder = { kind: 'rotate-credentials' }
  const first = simulator.faults.play({ steps: [{ atMs: 3_600_000, order: never }] })
  await simulator.faults.play({
    seed: 1,
    steps: [
      { atMs: 20, order: { kind: 'restart-agent', instance: target() } },
      { atMs: 0, order: { kind: 'kill-agent', instance: target() } },
    ],
  })
  await first
  const { counts } = simulator.faults
  expect([counts['agent-kill'], counts['agent-restart'], counts['rotated-credentials']]).toEqual([1, 1, 0])
})

async function admin(
  method: string,
  body: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
  const request = httpRequest(`${simulator.endpointUrl}/_admin/faults`, { method, headers })
  request.end(body)
  const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream & { statusCode: number }]
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return { status: response.statusCode, text }
}

test('the admin call takes orders from whoever has the secret, and from no browser', async () => {
  await begin()
  const secret = { 'x-culvert-secret': simulator.credentials.secretAccessKey }
  const order = JSON.stringify({ kind: 'rotate-credentials' })
  const answered: unknown = JSON.parse((await admin('POST', order, secret)).text)
  expect(answered).toMatchObject({ counts: { 'rotated-credentials': 1 }, credentials: simulator.credentials })
  // The secret is the start's own: it outlives the rotation.
  expect((await admin('GET', '', secret)).status).toBe(200)
  const refused = [
    await admin('POST', order, {}),
    await admin('POST', order, { 'x-culvert-secret': 'guessed' }),
    await admin('POST', order, { ...secret, origin: simulator.endpointUrl }),
    await admin('POST', order, { ...secret, host: 'evil.example' }),
  ]
  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403])
  const wrong = [
    await admin('POST', '{', secret),
    await admin('POST', '{"kind":"cut","how":"gently"}', secret),
    await admin('POST', '{"kind":"cut","session":"no-such"}', secret),
  ]
  expect(wrong.map(({ status }) => status)).toEqual([400, 400, 400])
  expect(simulator.faults.counts['rotated-credentials']).toBe(1)
})

test('in the dark every connection is reset, and so is what comes but orders, until it is over', async () => {
  await begin()
  const { client, say, heard, sessionId, resume } = await openEcho()
  simulator.faults.apply({ kind: 'dark' })
  await client.until(() => client.closeCode === 1006)
  await expect(callSsm(simulator, 'ResumeSession', { SessionId: sessionId })).rejects.toThrow()
  const upgrade = new WebSocket(`${simulator.endpointUrl.replace('http', 'ws')}/v1/data-channel/${sessionId}`)
  const [error] = (await once(upgrade, 'error')) as [Error]
  expect(error.message).toBe('socket hang up')
  const ordered = await fetch(`${simulator.endpointUrl}/_admin/faults`, {
    method: 'POST',
    headers: { 'x-culvert-secret': simulator.credentials.secretAccessKey },
    body: '{"kind":"clear"}',
  })
  expect(ordered.status).toBe(200)
  await resume()
  say('light')
  await heard('light')
})

test('the dark ends by itself', async () => {
  await begin()
  simulator.faults.apply({ kind: 'dark', forMs: 20 })
  await expect.poll(() => codeOf('DescribeInstanceInformation', {}).catch(() => 'dark')).toBe('fine')
})
