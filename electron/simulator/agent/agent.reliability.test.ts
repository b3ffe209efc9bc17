// The agent, frame by frame: pauses, timers, and the end of a session.

import type { Duplex } from 'node:stream'
import { describe, expect, test, vi } from 'vitest'
import { acknowledgeNaively, writeNaively } from '../../../e2e/kit/wire/naiveclient'
import { createPipe } from '../world/pipe'
import { input, publication, RESPONSE, stageClock, start, startShaken, vector } from './agent.kit'

stageClock()

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
