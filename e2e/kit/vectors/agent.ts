// The vectors of what the agent does, done by the simulator: handshake, acknowledgements, pauses and its clocks.

import { describe, expect, it, vi } from 'vitest'
import { Outgoing, RESEND_TICK_MS } from '../../../electron/simulator/agent/outgoing'
import { acknowledgeOutput, agreement, destination, input } from '../wire/agent'
import { naiveEncode } from '../wire/naive'
import { frame, mux, open, settle, shaken, stageAgents, vector, vectors } from './vectors'

const raw = { kind: 'port', properties: { portNumber: '22' } } as const

/** Registers the tests of these vectors in the file that calls it. */
export function agentVectors(): void {
  describe('what the agent does, done by the simulator', () => {
    stageAgents()

    it('agent-empty-output: an empty payload is skipped and uses no number', async () => {
      vector('agent-empty-output')
      const { agent, outputs } = open({ plan: { kind: 'shell' }, hasPty: false, shellDelayMs: 60_000 })
      agent.send(1, Buffer.alloc(0))
      agent.send(1, Buffer.from('x'))
      expect(outputs().map((message) => Number(message.sequence))).toEqual([0])
    })

    it('agent-data-before-handshake: early data is acknowledged, numbered and thrown away', async () => {
      const { sent: reference } = vector('agent-data-before-handshake')
      const far = destination()
      const { agent, acknowledged, outputs } = open({ plan: mux, dial: () => Promise.resolve(far.near) })
      agent.receive(input(0, Buffer.concat([frame(0, 3), frame(2, 3, 'early')])))
      await settle()
      expect(acknowledged().length).toBe(reference.length)
      agent.receive(input(1, agreement, 6))
      await settle()
      expect(outputs().at(-1)!.payloadType).toBe(7)
      expect(far.received()).toBe('')
    })

    it('agent-not-ready: while the plugin is not ready there is no acknowledgement, and a repeat is taken later', async () => {
      vector('agent-not-ready')
      const far = destination()
      let connect: () => void = () => undefined
      const dialled = new Promise<typeof far.near>((resolve) => {
        connect = () => resolve(far.near)
      })
      const { agent, acknowledged } = await shaken({ plan: raw, dial: () => dialled })
      agent.receive(input(1, 'A'))
      await settle()
      expect(acknowledged()).toEqual([0])
      connect()
      await settle()
      agent.receive(input(1, 'A'))
      await settle()
      expect([acknowledged(), far.received()]).toEqual([[0, 1], 'A'])
    })

    it('agent-handler-error: a failing write is not acknowledged', async () => {
      vector('agent-handler-error')
      const far = destination()
      let dials = 0
      const { agent, acknowledged } = await shaken({
        plan: mux,
        agentVersion: '3.0.150.0',
        dial: () => {
          dials += 1
          return dials === 1 ? Promise.resolve(far.near) : Promise.reject(new Error('refused'))
        },
      })
      agent.receive(input(1, Buffer.from([0, 0, 0, 1]), 10))
      await settle()
      agent.receive(input(2, 'A'))
      await settle()
      expect(acknowledged()).toEqual([0, 1])
    })

    it('agent-pause-start: what is produced while paused is queued; hearing the client ends the pause', async () => {
      const { steps } = vector('agent-pause-start')
      expect(steps.length).toBe(6)
      const { agent, outputs } = open({ plan: { kind: 'shell' }, hasPty: false, shellDelayMs: 60_000 })
      agent.receive(naiveEncode({ type: 'pause_publication', payload: '{}' }))
      agent.send(1, Buffer.from('queued'))
      expect(outputs()).toEqual([])
      agent.receive(naiveEncode({ type: 'start_publication', payload: '{}' }))
      expect(outputs()).toEqual([])
      agent.send(1, Buffer.from('next'))
      expect(outputs().map((message) => message.payload.toString())).toEqual(['next'])
      for (const heard of [input(0, '{"cols":1,"rows":1}', 3), acknowledgeOutput(1)]) {
        agent.receive(naiveEncode({ type: 'pause_publication', payload: '{}' }))
        expect(agent.canSend()).toBe(false)
        agent.receive(heard)
        expect(agent.canSend()).toBe(true)
      }
    })

    it('agent-outgoing-overflow: beyond its capacity the newest messages are not kept', () => {
      const { capacity, nextSequence } = vector('agent-outgoing-overflow')
      const outgoing = new Outgoing({ newId: () => '00112233-4455-6677-8899-aabbccddeeff' })
      for (let index = 0; index < Number(nextSequence); index += 1) outgoing.add(1, Buffer.from('x'), 0)
      expect([outgoing.size, outgoing.nextSequenceNumber]).toEqual([capacity, Number(nextSequence)])
      expect(outgoing.acknowledge(capacity - 1, 1)).toBe(true)
      expect(outgoing.acknowledge(capacity, 1)).toBe(false)
    })

    it('agent-channel-closed: ends the session without a word', async () => {
      const { json } = vector('agent-channel-closed')
      const { agent, sent, ends } = open({ plan: mux })
      const before = sent.length
      agent.receive(naiveEncode({ type: 'channel_closed', payload: json }))
      await settle()
      expect([ends.length, sent.length - before]).toEqual([1, 0])
    })

    for (const row of vectors.find((each) => each.id === 'agent-handshake-response-eval')!.rows) {
      it(`agent-handshake-response-eval: ${row.case}`, async () => {
        vector('agent-handshake-response-eval')
        const { agent, acknowledged, ends, outputs } = open({
          plan: mux,
          dial: () => Promise.resolve(destination().near),
        })
        agent.receive(input(0, row.response, 6))
        agent.receive(acknowledgeOutput(0))
        await vi.advanceTimersByTimeAsync(2_500)
        expect(acknowledged()).toEqual(row.acked ? [0] : [])
        expect(ends.map((end) => end.status)).toEqual(row.canceled ? ['Failed'] : [])
        if (row.canceled) expect(ends[0]!.output).toContain(row.handshakeError)
        expect(outputs().some((message) => message.payloadType === 7)).toBe(row.acked && !row.canceled)
      })
    }

    it('agent-constants: the handshake waits 15 s, resends are looked for every 100 ms, payloads have 1,024 bytes', async () => {
      const constants = vector('agent-constants')
      expect(RESEND_TICK_MS).toBe(constants.resendSleepIntervalMs)
      const { ends, agent } = open({ plan: mux })
      agent.receive(acknowledgeOutput(0))
      await vi.advanceTimersByTimeAsync(constants.handshakeTimeoutMs - 1)
      expect(ends).toEqual([])
      await vi.advanceTimersByTimeAsync(2)
      expect(ends[0]!.output).toContain('Handshake timed out.')
      const far = destination()
      const { outputs } = await shaken({ plan: raw, dial: () => Promise.resolve(far.near) })
      far.say('x'.repeat(5_000))
      await settle()
      const data = outputs().filter((message) => message.payloadType === 1)
      expect(Math.max(...data.map((message) => message.payload.length))).toBe(constants.streamDataPayloadSize)
    })

    it('agent-resend-cadence: only the oldest message is repeated, every 200 ms', async () => {
      const { events } = vector('agent-resend-cadence')
      const startedAt = Date.now()
      const { agent, onSent } = open({ plan: { kind: 'shell' }, hasPty: false, shellDelayMs: 60_000 })
      const seen: { sequence: string; tMs: number }[] = []
      onSent.listener = (message) => {
        if (message.type === 'output_stream_data')
          seen.push({ sequence: String(message.sequence), tMs: Date.now() - startedAt })
      }
      for (const text of ['a', 'b', 'c']) agent.send(1, Buffer.from(text))
      await vi.advanceTimersByTimeAsync(events.at(-1)!.tMs + 1_500)
      expect(seen.slice(0, events.length).map((each) => each.sequence)).toEqual(events.map((each) => each.sequence))
      // With a clock that is not a whole tick late, "over 200 ms" is found at the third tick or the second.
      for (const [index, each] of seen.slice(4, events.length).entries()) {
        const gap = each.tMs - seen[index + 3]!.tMs
        expect(gap).toBeGreaterThanOrEqual(200)
        expect(gap).toBeLessThanOrEqual(300)
      }
    })

    it('agent-pause-drain-cadence: after a pause messages leave one at a time, about one per 100 ms', async () => {
      const { events } = vector('agent-pause-drain-cadence')
      const { agent, onSent, outputs } = open({ plan: { kind: 'shell' }, hasPty: false, shellDelayMs: 60_000 })
      agent.receive(naiveEncode({ type: 'pause_publication', payload: '{}' }))
      for (let index = 0; index < 8; index += 1) agent.send(1, Buffer.from(String(index)))
      await vi.advanceTimersByTimeAsync(302)
      expect(outputs()).toEqual([])
      const times: number[] = []
      onSent.listener = (message) => {
        if (message.type !== 'output_stream_data') return
        times.push(Date.now())
        queueMicrotask(() => agent.receive(acknowledgeOutput(Number(message.sequence))))
      }
      agent.receive(naiveEncode({ type: 'start_publication', payload: '{}' }))
      await vi.advanceTimersByTimeAsync(1_500)
      expect(outputs().map((message) => String(message.sequence))).toEqual(
        events.flatMap((event) => (event.sequence === undefined ? [] : [event.sequence])),
      )
      for (const [index, at] of times.slice(1).entries()) expect(at - times[index]!).toBe(100)
    })
  })
}
