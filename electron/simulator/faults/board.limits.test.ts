// Limits of the service, scripts of faults, orders by the admin call, and the dark.

import { request as httpRequest } from 'node:http'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { FaultOrder } from './orders'
import { IDLE_TEXT, MAX_DURATION_TEXT } from './lifetime'
import { callSsm } from '../../../e2e/kit/wire/naiveclient'
import { begin, codeOf, openEcho, simulator, stageBoard, start, target } from './board.kit'

stageBoard()

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
