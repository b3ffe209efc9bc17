import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AgentSession, type AgentSessionOptions } from './agent'
import { acknowledgeNaively, readNaively, writeNaively, type NaiveMessage } from '../../../e2e/kit/naiveclient'
import { createPipe } from '../world/pipe'
import type { SessionEnd, SessionPlan } from './plugin'

interface Sent {
  readonly messageType: string
  readonly payloadUtf8?: string
  readonly sequenceNumber: string
  readonly flags: string
}

interface Vector {
  readonly id: string
  readonly kind: string
  readonly hex: string
  readonly expected: string
  readonly agent?: object
  readonly json: string
  readonly expectedNext: string
  readonly sent: readonly Sent[]
  readonly rows: readonly {
    case: string
    response: string
    acked: boolean
    canceled: boolean
    handshakeError: string
  }[]
  readonly steps: readonly {
    event: string
    sent: readonly Sent[]
    unacked: number
    nextSequence: string
    paused: boolean
  }[]
}

const { vectors } = JSON.parse(readFileSync('e2e/vectors/vectors.json', 'utf8')) as { vectors: Vector[] }

function vector(id: string): Vector {
  return vectors.find((entry) => entry.id === id)!
}

const ID = '00112233-4455-6677-8899-aabbccddeeff'
const DATE = 1_700_000_000_123
const RAW: SessionPlan = { kind: 'port', properties: { portNumber: '22' } }
const RESPONSE =
  '{"ClientVersion":"1.2.707.0","ProcessedClientActions":[{"ActionType":"SessionType","ActionStatus":1,"ActionResult":null,"Error":""}],"Errors":null}'

function input(sequenceNumber: number, payloadType: number, payload: string): Buffer {
  return writeNaively({
    type: 'input_stream_data',
    sequenceNumber,
    flags: 0,
    payloadType,
    payload: Buffer.from(payload),
  })
}

function publication(type: string): Buffer {
  return writeNaively({ type, sequenceNumber: 0, flags: 0, payloadType: 0, payload: Buffer.from('{}') })
}

function start(overrides: Partial<AgentSessionOptions> = {}) {
  const frames: Buffer[] = []
  const ends: SessionEnd[] = []
  const [near, far] = createPipe()
  const received: Buffer[] = []
  far.on('data', (chunk: Buffer) => received.push(chunk))
  const agent = new AgentSession({
    sessionId: 'session-id-fixed',
    agentVersion: '3.3.0.0',
    plan: RAW,
    computer: { name: 'web-1', dial: () => Promise.resolve<Duplex>(near), forbiddenAddress: () => undefined },
    settings: { isPaced: true, shellDelayMs: 0, hasPty: false, hasBanner: false, folder: tmpdir() },
    send: (frame) => frames.push(frame) > 0,
    onEnd: (end) => ends.push(end),
    newId: () => ID,
    ...overrides,
  })
  agent.start()
  const messages = (): NaiveMessage[] => frames.map(readNaively)
  const acknowledged = (): number[] =>
    messages()
      .filter(({ type }) => type === 'acknowledge')
      .map(
        ({ payload }) =>
          (JSON.parse(payload.toString()) as { AcknowledgedMessageSequenceNumber: number })
            .AcknowledgedMessageSequenceNumber,
      )
  const outputs = (): NaiveMessage[] => messages().filter(({ type }) => type === 'output_stream_data')
  const delivered = (): string => Buffer.concat(received).toString()
  return { agent, frames, ends, far, delivered, messages, acknowledged, outputs }
}

beforeEach(() => {
  vi.useFakeTimers({ now: DATE })
})
afterEach(() => {
  vi.useRealTimers()
})

// A session after its handshake, with the handshake's messages acknowledged.
async function startShaken() {
  const session = start()
  session.agent.receive(acknowledgeNaively(0))
  session.agent.receive(input(0, 6, RESPONSE))
  await vi.advanceTimersByTimeAsync(0)
  session.agent.receive(acknowledgeNaively(1))
  session.frames.length = 0
  return session
}

describe('bytes', () => {
  test('agent-session-state-connected: the first frame, to the service only', async () => {
    const { agent, frames } = start()
    expect(frames[0]?.toString('hex')).toBe(vector('agent-session-state-connected').hex)
    await agent[Symbol.asyncDispose]()
  })

  test('agent-handshake-request-port: output number 0 with SYN', async () => {
    const properties = { host: 'db.internal', localPortNumber: '0', portNumber: '5432', type: 'LocalPortForwarding' }
    const { agent, frames } = start({ plan: { kind: 'port', properties } })
    expect(frames[1]?.toString('hex')).toBe(vector('agent-handshake-request-port').hex)
    await agent[Symbol.asyncDispose]()
  })

  test('agent-ack: flags 3, number 0, type 0 and the keys in their order', async () => {
    const { agent, frames } = start()
    const early = Buffer.from(input(7, 1, 'x'))
    // The id that the vector acknowledges.
    Buffer.from('8899aabbccddeeff0011223344556677', 'hex').copy(early, 64)
    agent.receive(early)
    expect(frames.at(-1)?.toString('hex')).toBe(vector('agent-ack').hex)
    await agent[Symbol.asyncDispose]()
  })

  test('agent-session-state-terminating: the last frame of a shell that has ended', async () => {
    vi.useRealTimers()
    const { agent, frames, ends } = start({ plan: { kind: 'shell' } })
    await vi.waitFor(() => expect(frames.length).toBeGreaterThan(1))
    agent.receive(acknowledgeNaively(0))
    agent.receive(input(0, 1, 'exit\r'))
    await vi.waitFor(() => {
      frames.forEach((frame) => agent.receive(acknowledgeNaively(readNaively(frame).sequenceNumber)))
      expect(ends).toEqual([{ status: 'Success', output: '' }])
    })
    const state = readNaively(frames.at(-1)!)
    const recorded = readNaively(Buffer.from(vector('agent-session-state-terminating').hex, 'hex'))
    expect({ ...state, payload: state.payload.toString() }).toEqual({
      ...recorded,
      payload: recorded.payload.toString(),
    })
  })
})

describe('handshake', () => {
  test('the response is acknowledged first, then the handshake completes, once', async () => {
    const { agent, messages } = start()
    agent.receive(input(0, 6, RESPONSE))
    await vi.advanceTimersByTimeAsync(0)
    const seen = messages().map(({ type, payloadType, sequenceNumber }) => ({ type, payloadType, sequenceNumber }))
    expect(seen).toEqual([
      { type: 'agent_session_state', payloadType: 0, sequenceNumber: 0 },
      { type: 'output_stream_data', payloadType: 5, sequenceNumber: 0 },
      { type: 'acknowledge', payloadType: 0, sequenceNumber: 0 },
      { type: 'output_stream_data', payloadType: 7, sequenceNumber: 1 },
    ])
    await agent[Symbol.asyncDispose]()
  })

  test('agent-data-before-handshake: early data is acknowledged, counted and thrown away', async () => {
    const { agent, delivered, acknowledged } = start()
    agent.receive(input(0, 1, 'early'))
    expect(acknowledged()).toEqual(vector('agent-data-before-handshake').sent.map(() => 0))
    expect(agent.observation.counters.earlyData).toBe(1)
    agent.receive(input(1, 6, RESPONSE))
    await vi.advanceTimersByTimeAsync(0)
    agent.receive(input(2, 1, 'data'))
    await vi.advanceTimersByTimeAsync(0)
    expect(delivered()).toBe('data')
    await agent[Symbol.asyncDispose]()
  })

  test.each(vector('agent-handshake-response-eval').rows)('agent-handshake-response-eval: $case', async (row) => {
    const { agent, ends, acknowledged } = start()
    agent.receive(input(0, 6, row.response))
    await vi.advanceTimersByTimeAsync(2_000)
    expect({ acked: acknowledged().length === 1, canceled: ends.length === 1 }).toEqual({
      acked: row.acked,
      canceled: row.canceled,
    })
    if (row.canceled) expect(ends[0]?.output).toContain(row.handshakeError)
    await agent[Symbol.asyncDispose]()
  })

  test('no response within 15 s fails the session in the agent’s words', async () => {
    const { agent, ends } = start()
    agent.receive(acknowledgeNaively(0))
    await vi.advanceTimersByTimeAsync(14_999)
    expect(ends).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(ends).toEqual([
      {
        status: 'Failed',
        output:
          '\n----------ERROR-------\nEncountered error while initiating handshake. Handshake timed out. Please ensure that you have the latest version of the session manager plugin.',
      },
    ])
  })

  test('a second response hangs the reader for good', async () => {
    const { agent, acknowledged } = await startShaken()
    agent.receive(input(1, 6, RESPONSE))
    agent.receive(input(2, 1, 'never'))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(agent.isBlocked).toBe(true)
    expect(acknowledged()).toEqual([])
    await agent[Symbol.asyncDispose]()
  })
})

describe('leniency', () => {
  const judged = vectors.filter(({ kind, id, agent }) => kind === 'malformed' && agent !== undefined && id !== '')

  test('there are seven vectors of what an agent accepts', () => {
    expect(judged).toHaveLength(7)
  })

  test.each(judged)('$id: $expected', async ({ hex, expected }) => {
    const { agent } = start()
    agent.receive(Buffer.from(hex, 'hex'))
    expect(agent.observation.counters.malformed).toBe(expected === 'reject' ? 1 : 0)
    await agent[Symbol.asyncDispose]()
  })

  test('an unknown message type is ignored and not acknowledged', async () => {
    const { agent, acknowledged } = start()
    agent.receive(publication('no_such_type'))
    expect(acknowledged()).toEqual([])
    expect(agent.observation.counters.malformed).toBe(0)
    await agent[Symbol.asyncDispose]()
  })
})

describe('reliability', () => {
  test('agent-pause-start: step by step', async () => {
    const { steps } = vector('agent-pause-start')
    const { agent, far, outputs, acknowledged } = await startShaken()
    // The vector starts from a session whose next number is 0; ours has two of the handshake behind it.
    const [paused, , started, sent] = steps
    agent.receive(publication('pause_publication'))
    expect(outputs().length).toBe(paused!.sent.length)
    agent.send(1, Buffer.from('queued'))
    expect(outputs()).toEqual([])
    agent.receive(publication('start_publication'))
    expect(outputs().length).toBe(started!.sent.length)
    agent.send(1, Buffer.from('next'))
    expect(outputs().map(({ payload }) => payload.toString('hex'))).toEqual(['6e657874'])
    expect(sent!.sent).toHaveLength(1)
    agent.receive(publication('pause_publication'))
    expect(agent.canSend()).toBe(false)
    agent.receive(input(1, 1, 'x'))
    await vi.advanceTimersByTimeAsync(0)
    expect({ canSend: agent.canSend(), acknowledged: acknowledged() }).toEqual({ canSend: true, acknowledged: [1] })
    agent.receive(publication('pause_publication'))
    agent.receive(acknowledgeNaively(3))
    expect(agent.canSend()).toBe(true)
    far.destroy()
    await agent[Symbol.asyncDispose]()
  })

  test('what was queued in a pause comes later, from the timer, once and in order', async () => {
    const { agent, outputs } = await startShaken()
    agent.receive(publication('pause_publication'))
    for (const text of ['a', 'b', 'c']) agent.send(1, Buffer.from(text))
    await vi.advanceTimersByTimeAsync(1_000)
    expect(outputs()).toEqual([])
    agent.receive(publication('start_publication'))
    for (let tick = 0; tick < 10; tick += 1) {
      await vi.advanceTimersByTimeAsync(100)
      const newest = outputs().at(-1)
      if (newest !== undefined) agent.receive(acknowledgeNaively(newest.sequenceNumber))
    }
    expect(outputs().map(({ payload }) => payload.toString())).toEqual(['a', 'b', 'c'])
    await agent[Symbol.asyncDispose]()
  })

  test('there is one timer while something is unacknowledged, and none otherwise', async () => {
    const { agent } = await startShaken()
    expect(vi.getTimerCount()).toBe(0)
    for (let count = 0; count < 5; count += 1) agent.send(1, Buffer.from('x'))
    expect(vi.getTimerCount()).toBe(1)
    for (let number = 2; number < 7; number += 1) agent.receive(acknowledgeNaively(number))
    expect(vi.getTimerCount()).toBe(0)
    await agent[Symbol.asyncDispose]()
  })

  test('agent-not-ready: input before the connection exists is neither acknowledged nor passed', async () => {
    const [near, far] = createPipe()
    let connect = (): void => undefined
    const dialled = new Promise<Duplex>((resolve) => {
      connect = () => resolve(near)
    })
    const { agent, acknowledged } = start({
      computer: { name: '', dial: () => dialled, forbiddenAddress: () => undefined },
    })
    agent.receive(input(0, 6, RESPONSE))
    await vi.advanceTimersByTimeAsync(0)
    agent.receive(input(1, 1, 'x'))
    expect(acknowledged()).toEqual([0])
    connect()
    await vi.advanceTimersByTimeAsync(0)
    agent.receive(input(1, 1, 'x'))
    expect(acknowledged()).toEqual([0, 1])
    far.resume()
    await agent[Symbol.asyncDispose]()
  })

  test('a retransmission that is not byte-identical is counted', async () => {
    const { agent } = await startShaken()
    const frame = input(1, 1, 'x')
    agent.receive(frame)
    agent.receive(frame)
    agent.receive(input(1, 1, 'y'))
    expect(agent.observation.counters).toMatchObject({ duplicatesReceived: 2, alteredRetransmits: 1 })
    await agent[Symbol.asyncDispose]()
  })
})

describe('the end', () => {
  test('a finishing session waits for its last acknowledgement', async () => {
    const { agent, ends } = await startShaken()
    agent.send(1, Buffer.from('last words'))
    agent.finish({ status: 'Success', output: '' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(ends).toEqual([])
    agent.receive(acknowledgeNaively(2))
    await vi.advanceTimersByTimeAsync(0)
    expect(ends).toHaveLength(1)
  })

  test('it waits 2 s at most', async () => {
    const { agent, ends } = await startShaken()
    agent.send(1, Buffer.from('last words'))
    agent.finish({ status: 'Success', output: '' })
    await vi.advanceTimersByTimeAsync(1_999)
    expect(ends).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(ends).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('agent-channel-closed: it ends the session without an acknowledgement', async () => {
    const { agent, ends, frames } = await startShaken()
    const payload = Buffer.from(vector('agent-channel-closed').json)
    agent.receive(writeNaively({ type: 'channel_closed', sequenceNumber: 0, flags: 0, payloadType: 0, payload }))
    await vi.advanceTimersByTimeAsync(0)
    expect({ ends: ends.length, frames: frames.length }).toEqual({ ends: 1, frames: 0 })
  })

  test('nothing is said after a dispose', async () => {
    const { agent, ends, frames } = await startShaken()
    await agent[Symbol.asyncDispose]()
    agent.send(1, Buffer.from('x'))
    agent.receive(input(1, 1, 'x'))
    agent.finish({ status: 'Success', output: '' })
    await vi.advanceTimersByTimeAsync(5_000)
    expect({ ends, frames, timers: vi.getTimerCount() }).toEqual({ ends: [], frames: [], timers: 0 })
  })
})
