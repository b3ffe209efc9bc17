// The agent, frame by frame: its bytes, its handshake, and what it is lenient to.

import { describe, expect, test, vi } from 'vitest'
import { acknowledgeNaively, readNaively } from '../../../e2e/kit/wire/naiveclient'
import { input, publication, RESPONSE, stageClock, start, startShaken, vector, vectors } from './agent.kit'

stageClock()

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
