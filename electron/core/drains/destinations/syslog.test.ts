import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { DrainRecord } from '../../../../shared/model/drain'
import { ManualClock, recordOf } from '../drains.kit'
import type { Sent } from './destination'
import { framesOf } from './frames.kit'
import { SyslogDestination, type SyslogOptions } from './syslog'
import { syslogFrame } from './syslogmessage'

let folder: string
let clock: ManualClock
const ends: (() => Promise<void>)[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-syslog-'))
  clock = new ManualClock()
})
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
  await rm(folder, { recursive: true, force: true })
})

const signal = new AbortController().signal

/** A receiver: each connection with what came on it. `isReading` false: it takes a connection and reads nothing. */
async function startServer(isReading = true) {
  const connections: { socket: Socket; bytes: () => Buffer }[] = []
  const server = createServer({ pauseOnConnect: !isReading }, (socket) => {
    const chunks: Buffer[] = []
    socket.on('error', () => undefined)
    if (isReading) socket.on('data', (chunk) => chunks.push(chunk))
    connections.push({ socket, bytes: () => Buffer.concat(chunks) })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(async () => {
    for (const { socket } of connections) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as AddressInfo).port, connections, server }
}

function open(port: number, change: Partial<SyslogOptions> = {}): SyslogDestination {
  const destination = new SyslogDestination({
    host: '127.0.0.1',
    port,
    isTls: false,
    authorities: () => undefined,
    clock,
    owedPath: join(folder, 'owed.json'),
    onOwing: () => undefined,
    ...change,
  })
  ends.push(() => destination[Symbol.asyncDispose]())
  return destination
}

const sequenceOf = (message: string) => Number(/ sequence="(\d+)"/.exec(message)?.[1])
const isRepeat = (message: string) => message.includes(' repeat="1"')

test('a message has priority, time, source, structured data with escapes, and the operation in its text', () => {
  const record = recordOf(7, { text: 'ä', targetName: 'a"b\\c]d\ne', isPartial: true })
  const [message = ''] = framesOf(syslogFrame(record, { host: 'my host', pid: 42 }, false)).messages
  expect(message).toBe(
    '<134>1 2026-11-29T12:00:00.007Z myhost culvert 42 output [culvert@32473 session_id="alice-0123456789abcdef0" sequence="7" ' +
      'environment="acme-prod" region="eu-central-1" account="123456789012" target="i-0123456789abcdef0" ' +
      String.raw`target_name="a\"b\\c\]d e" kind="output" partial="1" operation_user_name="Alice Example" ` +
      'operation_user_email="alice@example.com"] \ufeffoperation_id=operation-1 ä',
  )
})

test('no message has more than 8,192 octets, and no escape is cut in two', () => {
  const long = '"'.repeat(3_000)
  const record = recordOf(1, {
    text: '😀'.repeat(1_024),
    sessionId: long,
    environment: long,
    region: long,
    account: long,
    target: long,
    targetName: `a${long}`,
    operationId: long,
    operationUserName: '😀'.repeat(1_000),
    operationUserEmail: long,
    isPartial: true,
    count: 123_456_789,
  })
  const frame = syslogFrame(record, { host: 'h'.repeat(1_000), pid: 1 }, true)
  const [message = ''] = framesOf(frame).messages
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(8_192)
  expect(message.endsWith('😀'.repeat(1_024))).toBe(true)
  expect(message).toMatch(/^[^[]+ \[culvert@32473( [a-z_]+="([^"\\\]]|\\["\\\]])*")+\] /)
})

test('batches go over one connection that stays open, and a receiver that says something is not disturbed', async () => {
  const { port, connections } = await startServer()
  const destination = open(port)
  await destination.reach(signal)
  expect(await destination.send([recordOf(1)], '', signal)).toEqual({ refused: 0, again: [] })
  connections[0]?.socket.write('x'.repeat(100_000))
  expect(await destination.send([recordOf(2)], '', signal)).toEqual({ refused: 0, again: [] })
  await vi.waitFor(() =>
    expect(framesOf(connections[0]?.bytes() ?? Buffer.alloc(0)).messages.map(sequenceOf)).toEqual([1, 2]),
  )
  expect(connections).toHaveLength(1)
})

test('after a reset with unread data in the buffers everything comes again, and what may have come is marked', async () => {
  const first = await startServer(false)
  const owing = vi.fn()
  const destination = open(first.port, { onOwing: owing })
  const records = Array.from({ length: 2_500 }, (_, index) => recordOf(index + 1, { text: 'x'.repeat(1_500) }))
  let waiting: readonly DrainRecord[] = records
  // The receiver reads nothing and resets the connection with bytes that wait in its buffer.
  const sending = destination.send(waiting, '', signal)
  await vi.waitFor(() => expect(first.connections).toHaveLength(1))
  const [connection] = first.connections
  if (connection !== undefined) await once(connection.socket, 'readable')
  connection?.socket.resetAndDestroy()
  const broken = await sending
  expect(broken.again.length).toBeLessThan(records.length)
  expect(destination.isOwing).toBe(true)
  expect(owing).toHaveBeenCalled()
  waiting = broken.again
  await vi.waitFor(async () => expect(await readdir(folder)).toEqual(['owed.json']))
  // The same port, after a minute: another process of the receiver.
  await new Promise((resolve) => first.server.close(resolve))
  clock.advance(60_000)
  const chunks: Buffer[] = []
  const second = createServer((socket) => socket.on('error', () => undefined).on('data', (chunk) => chunks.push(chunk)))
  second.listen(first.port, '127.0.0.1')
  await once(second, 'listening')
  ends.push(async () => {
    await destination[Symbol.asyncDispose]()
    await new Promise((resolve) => second.close(resolve))
  })
  expect(await destination.send(waiting, '', signal)).toEqual({ refused: 0, again: [] })
  expect(destination.isOwing).toBe(false)
  await vi.waitFor(() => expect(framesOf(Buffer.concat(chunks)).messages).toHaveLength(records.length))
  const { messages } = framesOf(Buffer.concat(chunks))
  expect(messages.map(sequenceOf)).toEqual(records.map(({ sequence }) => sequence))
  const marked = messages.filter(isRepeat).length
  expect(marked).toBe(records.length - waiting.length)
  expect(messages.slice(0, marked).every(isRepeat)).toBe(true)
  await vi.waitFor(async () => expect(await readdir(folder)).toEqual([]))
})

test('what is owed when Culvert ends goes again, marked, at the next start', async () => {
  const first = await startServer()
  const destination = open(first.port)
  await destination.send([recordOf(1), recordOf(2)], '', signal)
  first.connections[0]?.socket.resetAndDestroy()
  await vi.waitFor(() => expect(destination.isOwing).toBe(true))
  await destination[Symbol.asyncDispose]()
  const second = await startServer()
  const next = open(second.port)
  await next.reach(signal)
  expect(next.isOwing).toBe(true)
  await next.send([recordOf(3)], '', signal)
  await vi.waitFor(() => expect(framesOf(second.connections[0]?.bytes() ?? Buffer.alloc(0)).messages).toHaveLength(3))
  const { messages } = framesOf(second.connections[0]?.bytes() ?? Buffer.alloc(0))
  expect(messages.map((each) => [sequenceOf(each), isRepeat(each)])).toEqual([
    [1, true],
    [2, true],
    [3, false],
  ])
})

test('after an orderly end nothing is owed, and what TCP has confirmed long ago does not come again', async () => {
  const first = await startServer()
  const destination = open(first.port)
  await destination.send([recordOf(1)], '', signal)
  await destination[Symbol.asyncDispose]()
  expect(await readdir(folder)).toEqual([])
  const other = open(first.port)
  await other.send([recordOf(1)], '', signal)
  clock.advance(900_001)
  first.connections[1]?.socket.resetAndDestroy()
  await vi.waitFor(async () => {
    await other.reach(signal)
    expect(first.connections).toHaveLength(3)
  })
  expect(other.isOwing).toBe(false)
})

test('a receiver that takes nothing for 30 s is given up', async () => {
  const { port, connections } = await startServer(false)
  const destination = open(port)
  const records = Array.from({ length: 4_000 }, (_, index) => recordOf(index + 1, { text: 'x'.repeat(4_000) }))
  await destination.reach(signal)
  await vi.waitFor(() => expect(connections).toHaveLength(1))
  let sent: Sent | undefined
  void destination.send(records, '', signal).then((result) => (sent = result))
  await vi.waitFor(() => {
    clock.advance(30_000)
    expect(sent).toBeDefined()
  })
  expect(sent?.error?.message).toMatch(/did not answer within 30 s/)
  expect(sent?.again.length).toBeGreaterThan(0)
})
