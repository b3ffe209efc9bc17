import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { AppError } from '../../shared/errors'
import { SEPARATE_OUTPUT_DOCUMENT } from './api/stockdocuments'
import { sourceBytes } from './world/bytesource'
import { NaiveClient, getTicket, type NaiveTicket } from '../../e2e/kit/wire/naiveclient'
import { muxFrame, readMux } from '../../e2e/kit/wire/naivemux'
import { startSimulator, type Simulator } from './simulator'

const SYN = 0
const PUSH = 2
const FIN = 1

const start = (simulator: Simulator, body: object = {}): Promise<NaiveTicket> =>
  getTicket(simulator, 'StartSession', { Target: simulator.world.instances[0]!.id, ...body })

const forward = (port: number) => ({
  DocumentName: 'AWS-StartPortForwardingSession',
  Parameters: { portNumber: [String(port)] },
})

// What keeps a process alive, without what vitest and undici bring along.
function resources(): string[] {
  const ours = ['TCPSocketWrap', 'TCPServerWrap', 'TTYWrap', 'PipeWrap', 'ProcessWrap', 'Timeout', 'FSReqCallback']
  return process.getActiveResourcesInfo().filter((name) => ours.includes(name))
}

// Not by `vi.waitFor`, which owns a timer itself. Until it is so, or nearly until the test is out of time.
async function settled(isSettled: () => boolean): Promise<void> {
  const until = performance.now() + 90_000
  while (!isSettled() && performance.now() < until) await new Promise(setImmediate)
}

test('a dispose in the middle of everything leaves no socket, no timer, no process and no folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-test-'))
  vi.stubEnv('TMPDIR', folder)
  const before = resources()
  const simulator = await startSimulator({ shellDelayMs: 0 })
  const shell = new NaiveClient()
  await shell.open(await start(simulator))
  await shell.until(() => shell.bytes().includes('sh-5.1$ '))
  shell.send(1, 'sleep 1000 & yes\r')
  await shell.until(() => shell.bytes().includes('y\r\ny\r\n'))
  const command = new NaiveClient()
  const plan = { DocumentName: SEPARATE_OUTPUT_DOCUMENT, Parameters: { command: ['yes'] } }
  await command.open(await start(simulator, plan))
  await command.shakeHands()
  const port = new NaiveClient()
  await port.open(await start(simulator, forward(9_001)))
  await port.shakeHands()
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(1_000_000_000n)
  port.send(1, Buffer.concat([muxFrame(SYN, 3), muxFrame(PUSH, 3, length)]))
  await port.until(() => port.bytes().length > 100_000)
  // One session that was started and never opened, and one that waits for its handshake.
  await start(simulator)
  const silent = new NaiveClient()
  await silent.open(await start(simulator, forward(7)))

  await simulator[Symbol.asyncDispose]()

  for (const client of [shell, command, port, silent]) await client.until(() => client.closeCode)
  expect(simulator.sessions().map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'Terminated'))
  const left = () => {
    const known = [...before]
    return resources().filter((name) => !known.includes(name) || known.splice(known.indexOf(name), 1).length === 0)
  }
  await settled(() => left().length === 0)
  expect(left()).toEqual([])
  expect(await readdir(folder)).toEqual([])
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
  await simulator[Symbol.asyncDispose]()
  await expect(fetch(simulator.endpointUrl)).rejects.toThrow()
})

test('4 MB come back whole through a cut in the middle, over one session', async () => {
  await using simulator = await startSimulator({ isPaced: false })
  const ticket = await start(simulator, forward(9_001))
  const client = new NaiveClient()
  await client.open(ticket)
  await client.shakeHands()
  const total = 4_000_000
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(total))
  client.send(1, Buffer.concat([muxFrame(SYN, 3), muxFrame(PUSH, 3, length)]))
  await client.until(() => client.stream.length > 1_500)
  simulator.cut(ticket.sessionId, 'rst')
  await client.until(() => client.closeCode)
  const before = client.stream.length
  expect(before * 1_024).toBeLessThan(total)
  await client.open(await getTicket(simulator, 'ResumeSession', { SessionId: ticket.sessionId }))
  await client.until(() => client.stream.at(-1)?.payload.length !== 1_024 && client.stream.length > total / 1_024)
  const frames = readMux(client.bytes())
  const bytes = Buffer.concat(frames.map(({ data }) => data))
  expect(frames.at(-1)?.command).toBe(FIN)
  const expected = createHash('sha256')
  for (const chunk of sourceBytes(total)) expected.update(chunk)
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(expected.digest('hex'))
  expect(simulator.sessions()).toMatchObject([{ id: ticket.sessionId, resumes: 1, status: 'Connected' }])
})

test('every start has its own secret and its own port', async () => {
  await using one = await startSimulator()
  await using two = await startSimulator()
  expect(one.credentials).not.toEqual(two.credentials)
  expect(one.endpointUrl).not.toBe(two.endpointUrl)
  const foreign = { ...two, credentials: one.credentials }
  await expect(start(foreign)).rejects.toThrow('UnrecognizedClientException')
})

test('a port that is taken is an error of its own', async () => {
  await using simulator = await startSimulator()
  const port = Number(new URL(simulator.endpointUrl).port)
  const failure = startSimulator({ port })
  await expect(failure).rejects.toBeInstanceOf(AppError)
  await expect(failure).rejects.toMatchObject({ code: 'simulator-failed' })
})

test('an unknown session cannot be cut', async () => {
  await using simulator = await startSimulator()
  expect(() => simulator.cut('no-such')).toThrow(AppError)
})
