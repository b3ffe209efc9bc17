import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../e2e/kit/random'
import { Inbox } from './inbox'
import { Outbox } from './outbox'

// Frames here are "sequence:payload": what is in them does not matter to the outbox.
function makeOutbox(): Outbox {
  return new Outbox((sequence, _type, payload) => Buffer.concat([Buffer.from(`${sequence}:`), payload]))
}

function read(frame: Buffer): { sequence: number; payload: Buffer } {
  const colon = frame.indexOf(0x3a)
  return { sequence: Number(frame.subarray(0, colon).toString()), payload: frame.subarray(colon + 1) }
}

interface Faults {
  lost: number
  duplicated: number
  reordered: number
  cut: number
}

/** Plays one random script between an outbox and an inbox; returns what arrived and what was done to it. */
function play(seed: { loss: number; duplicate: number; jitterMs: number; cutEveryMs: number }, dice: () => number) {
  const faults: Faults = { lost: 0, duplicated: 0, reordered: 0, cut: 0 }
  const outbox = makeOutbox()
  const inbox = new Inbox<Buffer>()
  const arrived: Buffer[] = []
  const sent: Buffer[] = []
  const bytesOf = new Map<number, Buffer>()
  // Everything under way, both directions; `epoch` is the socket that carries it.
  let flight: { at: number; epoch: number; order: number; frame?: Buffer; ack?: number }[] = []
  let epoch = 0
  let order = 0
  let nextCutAt = seed.cutEveryMs
  const post = (now: number, item: { frame?: Buffer; ack?: number }): void => {
    if (dice() < seed.loss) {
      faults.lost += 1
      return
    }
    const copies = dice() < seed.duplicate ? 2 : 1
    if (copies === 2) faults.duplicated += 1
    for (let copy = 0; copy < copies; copy += 1) {
      order += 1
      flight.push({ at: now + 5 + Math.floor(dice() * seed.jitterMs), epoch, order, ...item })
    }
  }
  let now = 0
  for (; now < 600_000; now += 5) {
    if (sent.length < 300 && outbox.hasRoom) {
      const payload = Buffer.from([sent.length & 0xff, sent.length >> 8, 0x0a])
      outbox.add(1, payload)
      sent.push(payload)
    }
    for (const frame of outbox.due(now)) {
      const { sequence } = read(frame)
      const before = bytesOf.get(sequence)
      if (before !== undefined) expect(frame.equals(before)).toBe(true)
      bytesOf.set(sequence, Buffer.from(frame))
      post(now, { frame })
    }
    const landing = flight.filter((item) => item.at <= now && item.epoch === epoch)
    landing.sort((a, b) => a.at - b.at)
    for (let index = 1; index < landing.length; index += 1) {
      if (landing[index]!.order < landing[index - 1]!.order) faults.reordered += 1
    }
    flight = flight.filter((item) => item.at > now || item.epoch !== epoch)
    for (const item of landing) {
      if (item.frame !== undefined) {
        const { sequence, payload } = read(item.frame)
        const receipt = inbox.receive(sequence, payload, payload.length)
        arrived.push(...receipt.deliver)
        if (receipt.acknowledge) post(now, { ack: sequence })
      } else if (item.ack !== undefined) outbox.acknowledge(item.ack, now)
    }
    if (seed.cutEveryMs > 0 && now >= nextCutAt && sent.length < 300) {
      nextCutAt = now + seed.cutEveryMs
      epoch += 1
      faults.cut += 1
      flight = []
      outbox.replay(now)
    }
    if (sent.length === 300 && outbox.isEmpty) break
  }
  return { arrived, sent, faults, isEmpty: outbox.isEmpty, outbox, inbox }
}

describe('outbox and inbox', () => {
  it('deliver every byte once and in order under random loss, duplication, reordering and cuts', () => {
    const total: Faults = { lost: 0, duplicated: 0, reordered: 0, cut: 0 }
    fc.assert(
      fc.property(
        fc.record({
          loss: fc.double({ min: 0.02, max: 0.3, noNaN: true }),
          duplicate: fc.double({ min: 0.02, max: 0.3, noNaN: true }),
          jitterMs: fc.integer({ min: 10, max: 120 }),
          cutEveryMs: fc.integer({ min: 150, max: 900 }),
        }),
        fc.integer(),
        (script, seed) => {
          const run = play(script, seededRandom(seed))
          expect(Buffer.concat(run.arrived).equals(Buffer.concat(run.sent))).toBe(true)
          expect(run.arrived.length).toBe(300)
          expect(run.isEmpty).toBe(true)
          for (const kind of ['lost', 'duplicated', 'reordered', 'cut'] as const) total[kind] += run.faults[kind]
        },
      ),
      { numRuns: 40 },
    )
    for (const count of Object.values(total)) expect(count).toBeGreaterThan(0)
  })

  it('check 14: retransmit all expired messages, byte-identical, after the RTO and with back-off per message', () => {
    const outbox = makeOutbox()
    for (const text of ['a', 'b', 'c']) outbox.add(1, Buffer.from(text))
    const times: Record<number, number[]> = { 0: [], 1: [], 2: [] }
    for (let now = 0; now <= 20_000; now += 10) {
      for (const frame of outbox.due(now)) {
        const { sequence, payload } = read(frame)
        expect(payload.toString()).toBe('abc'[sequence])
        times[sequence]!.push(now)
      }
    }
    for (const sequence of [0, 1, 2]) {
      const gaps = times[sequence]!.slice(1).map((at, index) => at - times[sequence]![index]!)
      expect(gaps[0]).toBeGreaterThanOrEqual(200)
      expect(gaps[0]).toBeLessThanOrEqual(250)
      expect(gaps.slice(0, 4)).toEqual(gaps.slice(0, 4).toSorted((x, y) => x - y))
      expect(gaps[3]).toBeGreaterThanOrEqual(1_600)
      expect(Math.max(...gaps)).toBeLessThanOrEqual(5_050)
      expect(gaps.at(-1)).toBeGreaterThanOrEqual(5_000)
    }
  })

  it('check 16: honour an acknowledgement that arrives before the message was written', () => {
    const outbox = makeOutbox()
    const sequence = outbox.add(1, Buffer.from('x'))
    expect(outbox.acknowledge(sequence, 1)).toBe(true)
    expect(outbox.due(1)).toEqual([])
    expect(outbox.isEmpty).toBe(true)
  })

  it('check 17: are full at 2,000 messages or 2 MiB, drop nothing, and have room again after an acknowledgement', () => {
    const small = makeOutbox()
    let count = 0
    while (small.hasRoom) {
      small.add(1, Buffer.from('x'))
      count += 1
    }
    expect(count).toBe(2_000)
    small.acknowledge(7, 0)
    expect(small.hasRoom).toBe(true)
    const large = makeOutbox()
    while (large.hasRoom) large.add(1, Buffer.alloc(65_536, 1))
    const seen = new Set<number>()
    for (let now = 0; !large.isEmpty && now < 100_000; now += 50) {
      for (const frame of large.due(now)) {
        seen.add(read(frame).sequence)
        large.acknowledge(read(frame).sequence, now)
      }
    }
    expect(seen.size).toBe(32)
  })

  it('send no more than the window before an acknowledgement, grow it by acknowledgements and halve it on a timeout', () => {
    const outbox = makeOutbox()
    for (let index = 0; index < 1_000; index += 1) outbox.add(1, Buffer.from('x'))
    const first = outbox.due(0)
    expect(first.length).toBe(64)
    for (const frame of first) outbox.acknowledge(read(frame).sequence, 10)
    expect(outbox.due(10).length).toBe(128)
    const again = outbox.due(400)
    expect(again.length).toBe(128)
    expect(outbox.window.size).toBe(64)
  })

  it('check 18: send nothing but a probe every 3 s while paused, and everything once the peer is seen again', () => {
    const outbox = makeOutbox()
    outbox.add(1, Buffer.from('a'))
    outbox.add(1, Buffer.from('b'))
    outbox.due(0)
    outbox.pause(0)
    const probes: number[] = []
    for (let now = 0; now < 400_000; now += 100) {
      const frames = outbox.due(now)
      if (frames.length > 0) probes.push(now)
      expect(frames.length).toBeLessThanOrEqual(1)
      // No give-up while paused.
      expect(outbox.stalledMs(now)).toBe(0)
    }
    expect(probes.slice(0, 3)).toEqual([3_000, 6_000, 9_000])
    outbox.acknowledge(0, 400_000)
    expect(outbox.due(400_000).map((frame) => read(frame).sequence)).toEqual([1])
  })

  it('replay everything unacknowledged in order on a new socket', () => {
    const outbox = makeOutbox()
    for (let index = 0; index < 5; index += 1) outbox.add(1, Buffer.from('x'))
    outbox.due(0)
    outbox.acknowledge(1, 1)
    outbox.replay(2)
    expect(outbox.due(2).map((frame) => read(frame).sequence)).toEqual([0, 2, 3, 4])
    // Freshly replayed messages are not resent before the floor of 200 ms.
    expect(outbox.due(150)).toEqual([])
  })
})

describe('the inbox', () => {
  it('check 11: acknowledges every copy, old duplicates included, and delivers each once', () => {
    const inbox = new Inbox<string>()
    const receipts = [0, 2, 3, 2, 1, 0, 3].map((sequence) => inbox.receive(sequence, `m${sequence}`, 1))
    expect(receipts.map((receipt) => receipt.acknowledge)).toEqual(receipts.map(() => true))
    expect(receipts.flatMap((receipt) => receipt.deliver)).toEqual(['m0', 'm1', 'm2', 'm3'])
  })

  it('drops without an acknowledgement only when the reorder buffer is full', () => {
    const inbox = new Inbox<number>()
    for (let sequence = 1; sequence <= 10_000; sequence += 1) {
      expect(inbox.receive(sequence, sequence, 10).acknowledge).toBe(true)
    }
    expect(inbox.receive(10_001, 10_001, 10)).toEqual({ acknowledge: false, deliver: [] })
    expect(inbox.receive(0, 0, 10).deliver.length).toBe(10_001)
  })

  it('bounds the reorder buffer in bytes too', () => {
    const inbox = new Inbox<number>()
    expect(inbox.receive(1, 1, 16 * 1_024 * 1_024).acknowledge).toBe(true)
    expect(inbox.receive(2, 2, 1).acknowledge).toBe(false)
  })
})
