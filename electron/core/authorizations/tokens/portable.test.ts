// Portable tokens: their form, and their session over the simulator, opened without credentials.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openStage, type Stage } from '../../../../e2e/kit/aws/environment'
import type { SimulatorOptions } from '../../../simulator/simulator'
import { defaultTiming } from '../../sessions/timing'
import { processBudgets } from '../../tunnels/budgets'
import { formatPortable, isPortable, parsePortable, type PortableToken } from './portable'
import { openingError, portableEnvironment } from '../portable/environment'

let stage: Stage | undefined
const { signal } = new AbortController()
const noted = { onState: () => undefined, onEvent: () => undefined }

beforeEach(() => {
  stage = undefined
})
afterEach(() => stage?.close())

/** Starts a portable session to web-2 on the simulator. */
async function started(session: PortableToken['session'], options: SimulatorOptions = {}): Promise<PortableToken> {
  stage = await openStage(options)
  const target = stage.simulator.world.instances.find(({ tags }) => tags['Name'] === 'web-2')?.id ?? ''
  const use =
    session.kind === 'shell' ? { use: 'shell' as const } : { use: 'port' as const, remotePort: session.remotePort }
  const ticket = await stage.environment.startPortable({ target, ...use, signal })
  const token = { ...ticket, region: stage.environment.region, session, target, connectionLimit: 1, expiresAt: 1 }
  return parsePortable(formatPortable(token))
}

const environmentOf = (token: PortableToken, endpointUrl?: string) =>
  portableEnvironment(token, {
    budgets: processBudgets(),
    timing: { ...defaultTiming, maxRetryMs: 10 },
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
  })

const loopback = 'http://127.0.0.1:1'

const token: PortableToken = {
  region: 'eu-west-1',
  sessionId: 'alice-0a1b2c',
  streamUrl: 'wss://ssmmessages.eu-west-1.amazonaws.com/v1/data-channel/alice-0a1b2c?role=publish_subscribe',
  tokenValue: 'secret',
  session: { kind: 'tcp', remotePort: 5_432 },
  target: 'i-0aaaaaaaaaaaaaaaa',
  connectionLimit: null,
  expiresAt: 1,
}

test('a portable token is read as it was written', () => {
  expect(parsePortable(formatPortable(token))).toEqual(token)
  expect([isPortable(formatPortable(token)), isPortable('culvert-authz-1.x')]).toEqual([true, false])
})

const encoded = (value: unknown) => `culvert-portable-1.${Buffer.from(JSON.stringify(value)).toString('base64url')}`

test.each([
  ['no JSON', 'culvert-portable-1.AAAA'],
  ['a region that is none', encoded({ ...token, region: 'example.com/' })],
  ['an endpoint', encoded({ ...token, endpointUrl: 'http://127.0.0.1:1' })],
  ['no token', encoded({ ...token, tokenValue: '' })],
  ['an expiry that is no time', encoded({ ...token, expiresAt: 8_640_000_000_000_001 })],
  ['a limit of nothing', encoded({ ...token, connectionLimit: 0 })],
])('%s is refused', (_, text) => {
  expect(() => parsePortable(text)).toThrow(expect.objectContaining({ code: 'authorization-refused' }))
})

test('its port is opened without credentials, by the presigned address; it opens once', async () => {
  const carried = await started({ kind: 'tcp', remotePort: 8_080 }, { upgradePolicy: 'signed-only' })
  expect(carried.presignedUrl).toContain('X-Amz-Signature=')
  await using environment = environmentOf(carried, loopback)
  await using tunnel = await environment.openTunnel({ target: carried.target, remotePort: 8_080, signal, ...noted })
  const page = await fetch(`http://127.0.0.1:${tunnel.port}/`, { headers: { connection: 'close' } })
  expect([page.status, tunnel.sessionId]).toEqual([200, carried.sessionId])
  await using second = environmentOf(carried, loopback)
  const again = second.openTunnel({ target: carried.target, remotePort: 8_080, signal, ...noted })
  await expect(again.catch((error: unknown) => Promise.reject(openingError(error)))).rejects.toMatchObject({
    code: 'authorization-refused',
  })
})

test('where presigned upgrades are refused, the plain one is tried', async () => {
  const carried = await started({ kind: 'tcp', remotePort: 8_080 })
  const presignedUrl = carried.presignedUrl?.replace(/Signature=./, 'Signature=g')
  await using environment = environmentOf(
    { ...carried, ...(presignedUrl === undefined ? {} : { presignedUrl }) },
    loopback,
  )
  await using tunnel = await environment.openTunnel({ target: carried.target, remotePort: 8_080, signal, ...noted })
  expect(tunnel.sessionId).toBe(carried.sessionId)
})

test('after the time that its agent waits it is refused', async () => {
  const carried = await started({ kind: 'tcp', remotePort: 8_080 }, { firstClientMs: 50 })
  await vi.waitFor(() => expect(stage?.active()).toEqual([]))
  await using environment = environmentOf(carried, loopback)
  const opening = environment.openTunnel({ target: carried.target, remotePort: 8_080, signal, ...noted })
  await expect(opening.catch((error: unknown) => Promise.reject(openingError(error)))).rejects.toMatchObject({
    code: 'authorization-refused',
    message: expect.stringContaining('15 s') as string,
  })
})

test('no host but those of the partition is dialled, and loopback only where a person has named an endpoint there', async () => {
  const carried = await started({ kind: 'tcp', remotePort: 8_080 })
  for (const streamUrl of [carried.streamUrl, 'wss://example.com/v1/data-channel/a']) {
    await using environment = environmentOf({ ...carried, streamUrl })
    await expect(
      environment.openTunnel({ target: carried.target, remotePort: 8_080, signal, ...noted }),
    ).rejects.toMatchObject({ code: 'stream-url-refused' })
  }
  const presignedUrl = 'wss://example.com/v1/data-channel/a?X-Amz-Signature=1'
  await using other = environmentOf({ ...carried, presignedUrl }, loopback)
  await expect(other.openTunnel({ target: carried.target, remotePort: 8_080, signal, ...noted })).rejects.toMatchObject(
    { code: 'stream-url-refused' },
  )
})

test('a lost session is not resumed, and no other one is started: the tunnel ends', async () => {
  const carried = await started({ kind: 'tcp', remotePort: 8_080 })
  await using environment = environmentOf(carried, loopback)
  await using tunnel = await environment.openTunnel({ target: carried.target, remotePort: 8_080, signal, ...noted })
  stage?.simulator.cut(carried.sessionId, 'rst')
  await expect(tunnel.ended).rejects.toMatchObject({ code: 'authorization-refused' })
})

test('its shell opens', async () => {
  const carried = await started({ kind: 'shell', platform: 'linux' })
  await using environment = environmentOf(carried, loopback)
  await using shell = await environment.openShell({ target: carried.target, size: { cols: 77, rows: 22 }, signal })
  void shell.write(Buffer.from('stty size; exit\r'))
  let text = ''
  for await (const chunk of shell.output) text += String(chunk)
  expect(text).toContain('22 77')
})
