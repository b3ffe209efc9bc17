import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { MemoryWire } from '../../../e2e/kit/wire/memory'
import { encodeInput } from '../codec/streammessage'
import { PayloadType } from '../codec/message'
import { Sending } from './sending'

const ignore = (): void => undefined

/** The sending side of a ready channel, on an in-memory wire. Time is `clock.now`. */
function openSending() {
  const wire = new MemoryWire()
  const state = { now: 0, isReady: true, isOver: false }
  const sending = new Sending({
    encode: encodeInput,
    now: () => state.now,
    isReady: () => state.isReady,
    isOver: () => state.isOver,
    onStuck: ignore,
  })
  sending.attach(wire)
  open.push(() => {
    state.isOver = true
    sending.release()
    sending.detach()
  })
  return { sending, wire, state, texts: () => wire.inputs.map(({ payload }) => payload.toString()) }
}

const open: (() => void)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

describe('small writes', () => {
  it('go out at once while nothing is in flight: a lone keystroke waits for nothing', () => {
    const { sending, texts } = openSending()
    sending.write(Buffer.from('a'), ignore)
    expect(texts()).toEqual(['a'])
    sending.acknowledge(0)
    sending.write(Buffer.from('b'), ignore)
    expect(texts()).toEqual(['a', 'b'])
  })

  it('of one turn travel in one message while something is in flight, and each is told when it is in the store', async () => {
    const { sending, texts } = openSending()
    const done: string[] = []
    for (const text of ['a', 'b', 'c', 'd']) sending.write(Buffer.from(text), () => done.push(text))
    expect([texts(), done]).toEqual([['a'], ['a']])
    await nextTurn()
    expect([texts(), done]).toEqual([
      ['a', 'bcd'],
      ['a', 'b', 'c', 'd'],
    ])
    for (const text of ['e', 'f']) sending.write(Buffer.from(text), ignore)
    await nextTurn()
    expect(texts()).toEqual(['a', 'bcd', 'ef'])
  })

  it('go out at once as a whole payload: only the rest waits for the end of the turn', async () => {
    const { sending, wire } = openSending()
    const sizes = (): number[] => wire.inputs.map(({ payload }) => payload.length)
    sending.write(Buffer.from('a'), ignore)
    for (let index = 0; index < 3; index += 1) sending.write(Buffer.alloc(500), ignore)
    expect(sizes()).toEqual([1, 1_024])
    await nextTurn()
    expect(sizes()).toEqual([1, 1_024, 476])
  })

  it('go out when the last message in flight is acknowledged, and not at an acknowledgement before that', () => {
    const { sending, texts } = openSending()
    sending.write(Buffer.from('a'), ignore)
    sending.send(PayloadType.flag, Buffer.from([0, 0, 0, 1]))
    sending.write(Buffer.from('b'), ignore)
    sending.write(Buffer.from('c'), ignore)
    sending.acknowledge(0)
    expect(texts()).toHaveLength(2)
    sending.acknowledge(1)
    expect(texts()).toEqual(['a', '\0\0\0\u0001', 'bc'])
  })
})

describe('other messages', () => {
  it('of control go out behind what was written in the same turn', () => {
    const { sending, wire } = openSending()
    for (const text of ['a', 'b', 'c']) sending.write(Buffer.from(text), ignore)
    sending.send(PayloadType.size, Buffer.from('{}'))
    expect(wire.inputs.map(({ payload }) => payload.toString())).toEqual(['a', 'bc', '{}'])
  })

  it('of the handshake go out ahead of what was written', async () => {
    const { sending, state, texts } = openSending()
    state.isReady = false
    sending.write(Buffer.from('typed'), ignore)
    sending.sendAhead(PayloadType.handshakeResponse, Buffer.from('{}'))
    await nextTurn()
    expect(texts()).toEqual(['{}'])
    state.isReady = true
    sending.flush()
    await nextTurn()
    expect(texts()).toEqual(['{}', 'typed'])
  })
})

describe('the end', () => {
  it('in order sends first what waits for the end of the turn', () => {
    const { sending, texts } = openSending()
    for (const text of ['a', 'b', 'c']) sending.write(Buffer.from(text), ignore)
    sending.flushGathered()
    expect(texts()).toEqual(['a', 'bc'])
  })

  it('leaves no flush behind: every writer is told once and nothing is sent any more', async () => {
    const { sending, texts } = openSending()
    let done = 0
    for (const text of ['a', 'b', 'c']) sending.write(Buffer.from(text), () => (done += 1))
    sending.release()
    expect(done).toBe(3)
    await nextTurn()
    expect([texts(), done]).toEqual([['a'], 3])
  })
})

it('any writes, turns, controls and acknowledgements keep the order of the bytes, and every writer is told once', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 3_000 }).map((size) => ({ kind: 'write' as const, size })) },
    { weight: 1, arbitrary: fc.constant({ kind: 'turn' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'control' as const }) },
    { weight: 2, arbitrary: fc.constant({ kind: 'acknowledge' as const }) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { sending, wire, state } = openSending()
      const written: Buffer[] = []
      const told: number[] = []
      let acknowledged = 0
      for (const [index, each] of steps.entries()) {
        if (each.kind === 'write') {
          const bytes = Buffer.alloc(each.size, index)
          written.push(bytes)
          sending.write(bytes, () => told.push(index))
        } else if (each.kind === 'control') {
          written.push(Buffer.from('{}'))
          sending.send(PayloadType.size, Buffer.from('{}'))
        } else if (each.kind === 'turn') await nextTurn()
        else if (acknowledged < wire.inputs.length) {
          sending.acknowledge(acknowledged)
          acknowledged += 1
        }
      }
      await nextTurn()
      const sequences = wire.inputs.map(({ sequence }) => Number(sequence))
      expect(sequences).toEqual(sequences.map((_, index) => index))
      expect(Buffer.concat(wire.inputs.map(({ payload }) => payload)).equals(Buffer.concat(written))).toBe(true)
      expect(wire.inputs.every(({ payload }) => payload.length <= 1_024)).toBe(true)
      expect(told).toEqual(steps.flatMap(({ kind }, index) => (kind === 'write' ? [index] : [])))
      state.isOver = true
      sending.release()
      sending.detach()
    }),
    { numRuns: 60 },
  )
})
