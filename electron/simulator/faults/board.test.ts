// Faults that are ordered at the simulator, by a naive client.

import { once } from 'node:events'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { MALFORMATIONS } from './malformed'
import { NaiveClient, callSsm, getTicket } from '../../../e2e/kit/wire/naiveclient'
import type { Simulator } from '../simulator'
import { begin, clients, codeOf, openEcho, simulator, stageBoard, start, target } from './board.kit'

stageBoard()

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
