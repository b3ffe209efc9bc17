import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Outgoing } from './outgoing'

interface Vector {
  readonly id: string
  readonly hex: string
  readonly capacity: number
  readonly newestRetainedSequence: string
  readonly nextSequence: string
  readonly length: number
  readonly events: readonly { readonly sequence?: string; readonly mark?: string; readonly tMs: number }[]
}

const { vectors } = JSON.parse(readFileSync('e2e/vectors/vectors.json', 'utf8')) as { vectors: Vector[] }

function vector(id: string): Vector {
  return vectors.find((entry) => entry.id === id)!
}

// The agent's timer, as it ran when the vectors were recorded: a little more than 100 ms.
const TICK_MS = 100.5
const T0 = 1_700_000_000_000

function sequenceOf(frame: Buffer): number {
  return frame.readUInt32BE(52)
}

test('agent-output-seq1: the second message has number 1 and no SYN, byte for byte', () => {
  const outgoing = new Outgoing({ newId: () => '00112233-4455-6677-8899-aabbccddeeff' })
  const first = outgoing.add(1, Buffer.from('first'), 1_700_000_000_123)
  const second = outgoing.add(1, Buffer.from('hello'), 1_700_000_000_123)
  expect(first?.frame[63]).toBe(1)
  expect(second?.frame.toString('hex')).toBe(vector('agent-output-seq1').hex)
})

test('agent-empty-output: an empty payload is not sent and uses no number', () => {
  const outgoing = new Outgoing()
  outgoing.add(1, Buffer.from('x'), T0)
  expect(outgoing.add(1, Buffer.alloc(0), T0)).toBeUndefined()
  expect(outgoing.nextSequenceNumber).toBe(1)
})

test('agent-resend-cadence: only the oldest message is sent again, each time the timeout has passed, byte-identical', () => {
  const { events } = vector('agent-resend-cadence')
  const outgoing = new Outgoing()
  const first = outgoing.add(1, Buffer.from('a'), T0)
  outgoing.add(1, Buffer.from('b'), T0)
  outgoing.add(1, Buffer.from('c'), T0)
  const seen = ['0', '1', '2'].map((sequence) => ({ sequence, tMs: 0 }))
  for (let tick = 1; tick <= 20; tick += 1) {
    const frame = outgoing.due(T0 + tick * TICK_MS)
    if (frame === undefined) continue
    expect(frame).toEqual(first?.frame)
    seen.push({ sequence: String(sequenceOf(frame)), tMs: Math.trunc(tick * TICK_MS) })
  }
  expect(seen).toEqual(events)
})

test('agent-pause-drain-cadence: what was queued in a pause leaves one message a tick', () => {
  const { events } = vector('agent-pause-drain-cadence')
  const outgoing = new Outgoing()
  outgoing.pause()
  for (let index = 0; index < 8; index += 1) {
    expect(outgoing.add(1, Buffer.from('x'), T0)?.isSent).toBe(false)
  }
  const seen: number[] = []
  for (let tick = 1; tick <= 11; tick += 1) {
    const now = T0 + tick * TICK_MS
    // Between the third and the fourth tick the service says start_publication.
    if (tick === 3) outgoing.resume()
    const frame = outgoing.due(now)
    if (frame === undefined) continue
    seen.push(sequenceOf(frame))
    outgoing.acknowledge(sequenceOf(frame), now)
  }
  expect(seen).toEqual(events.flatMap(({ sequence }) => (sequence === undefined ? [] : [Number(sequence)])))
  expect(outgoing.size).toBe(0)
})

test('a pause holds back retransmissions too', () => {
  const outgoing = new Outgoing()
  outgoing.add(1, Buffer.from('x'), T0)
  outgoing.pause()
  expect(outgoing.due(T0 + 10_000)).toBeUndefined()
  outgoing.resume()
  expect(outgoing.due(T0 + 10_000)).toBeDefined()
})

test('agent-outgoing-overflow: a full store sends the newest messages without keeping them', () => {
  const { capacity, newestRetainedSequence, nextSequence, length } = vector('agent-outgoing-overflow')
  const outgoing = new Outgoing({ newId: () => '00112233-4455-6677-8899-aabbccddeeff' })
  const payload = Buffer.from('x')
  let sent = 0
  for (let index = 0; index < capacity + 5; index += 1) sent += outgoing.add(1, payload, T0)?.isSent === true ? 1 : 0
  expect(sent).toBe(capacity + 5)
  expect(outgoing.size).toBe(length)
  expect(outgoing.unacknowledged().at(-1)).toBe(Number(newestRetainedSequence))
  expect(outgoing.nextSequenceNumber).toBe(Number(nextSequence))
})

test('acknowledgements are selective, and unknown numbers change nothing', () => {
  const outgoing = new Outgoing()
  for (let index = 0; index < 4; index += 1) outgoing.add(1, Buffer.from('x'), T0)
  expect(outgoing.acknowledge(2, T0)).toBe(true)
  expect(outgoing.unacknowledged()).toEqual([0, 1, 3])
  expect(outgoing.acknowledge(99, T0)).toBe(false)
  expect(outgoing.acknowledge(2, T0)).toBe(false)
  expect(outgoing.unacknowledged()).toEqual([0, 1, 3])
})
