import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { forwarding, frame, frames, openPort, sentBytes } from '../../../e2e/kit/wire/port'
import { seededRandom } from '../../../e2e/kit/random'
import { AppError } from '../../../shared/errors'
import { ReceiveBudget } from './budget'

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('mux', () => {
  it('check 31: opens streams 3, 5, 7 with the bytes of SYN, PSH and FIN, small frames in one message', async () => {
    const { port, channel, wire } = openPort(forwarding)
    const first = port.open()
    const second = port.open()
    first.write('hello')
    second.write('world')
    first.end()
    await settle()
    expect(frames(sentBytes(wire))).toEqual([
      { cmd: 0, id: 3, data: '' },
      { cmd: 0, id: 5, data: '' },
      { cmd: 2, id: 3, data: 'hello' },
      { cmd: 2, id: 5, data: 'world' },
      { cmd: 1, id: 3, data: '' },
    ])
    expect(sentBytes(wire).toString('hex').startsWith('0100000003000000')).toBe(true)
    second.destroy()
    channel.close()
  })

  it('check 32: interleaves a hundred streams, exact both ways', async () => {
    const { port, channel, wire, say } = openPort(forwarding)
    const random = seededRandom(7)
    const streams = Array.from({ length: 100 }, () => port.open())
    const received = streams.map(() => [] as Buffer[])
    streams.forEach((stream, index) => stream.on('data', (chunk: Buffer) => received[index]!.push(chunk)))
    const wanted = streams.map((_, index) => Buffer.from(`${index}:`.repeat(1 + Math.floor(random() * 900))))
    streams.forEach((stream, index) => stream.write(wanted[index]!))
    await settle()
    const up = new Map<number, string>()
    for (const each of frames(sentBytes(wire))) up.set(each.id, (up.get(each.id) ?? '') + each.data)
    expect(wanted.every((bytes, index) => up.get(3 + 2 * index) === bytes.toString())).toBe(true)
    // The agent answers in random pieces, random order, cut anywhere.
    const pieces: Buffer[] = []
    const rest = wanted.map((bytes) => bytes)
    while (rest.some((bytes) => bytes.length > 0)) {
      const index = Math.floor(random() * 100)
      const size = Math.min(rest[index]!.length, 1 + Math.floor(random() * 400))
      if (size === 0) continue
      pieces.push(frame(2, 3 + 2 * index, rest[index]!.subarray(0, size)))
      rest[index] = rest[index]!.subarray(size)
    }
    const stream = Buffer.concat(pieces)
    for (let at = 0; at < stream.length;) {
      const size = 1 + Math.floor(random() * 1_023)
      say(stream.subarray(at, at + size))
      at += size
    }
    await settle()
    expect(received.every((chunks, index) => Buffer.concat(chunks).equals(wanted[index]!))).toBe(true)
    for (const each of streams) each.destroy()
    channel.close()
  })

  it('check 32: resets a reader that stalls beyond its budget and lets the others go on', async () => {
    const budget = new ReceiveBudget({ perHolderBytes: 100_000, perProcessBytes: 150_000 })
    const { port, channel, say } = openPort(forwarding, undefined, budget)
    const stalled = port.open()
    const lively = port.open()
    const got: Buffer[] = []
    lively.on('data', (chunk: Buffer) => got.push(chunk))
    const errors: string[] = []
    stalled.on('error', (error) => errors.push((error as AppError).code))
    for (let index = 0; index < 30; index += 1) {
      say(frame(2, 3, Buffer.alloc(10_000, 1)))
      say(frame(2, 5, Buffer.alloc(10_000, 2)))
      await settle()
      expect(budget.heldBytes).toBeLessThanOrEqual(150_000)
    }
    expect(errors).toEqual(['reader-stalled'])
    expect(Buffer.concat(got).length).toBe(300_000)
    expect(budget.heldBytes).toBe(0)
    lively.destroy()
    channel.close()
  })

  it('counts the memory that a stalled reader makes it hold, also where bytes come one by one', async () => {
    const { port, channel, budget, say } = openPort(forwarding)
    const stalled = port.open()
    await settle()
    for (let index = 0; index < 2_000; index += 1) say(frame(2, 3, 'x'))
    expect(budget.heldBytes).toBeGreaterThanOrEqual(1_999)
    expect(budget.heldBytes).toBeLessThan(4_096)
    const got: Buffer[] = []
    stalled.on('data', (chunk: Buffer) => got.push(chunk))
    await settle()
    expect(Buffer.concat(got).length).toBe(2_000)
    expect(budget.heldBytes).toBe(0)
    stalled.destroy()
    channel.close()
  })

  it('resets the greediest of several stalled readers when the process holds too much', async () => {
    const budget = new ReceiveBudget({ perHolderBytes: 1_000_000, perProcessBytes: 100_000 })
    const { port, channel, say } = openPort(forwarding, undefined, budget)
    const failed: number[] = []
    const streams = [port.open(), port.open()]
    streams.forEach((stream, index) => stream.on('error', () => failed.push(index)))
    say(frame(2, 3, Buffer.alloc(30_000)))
    say(frame(2, 5, Buffer.alloc(60_000)))
    await settle()
    expect(failed).toEqual([])
    say(frame(2, 3, Buffer.alloc(20_000)))
    await settle()
    expect(failed).toEqual([1])
    expect(budget.heldBytes).toBe(50_000)
    streams[0]!.destroy()
    channel.close()
  })

  it('check 34: a Flag 3 closes only the oldest stream without data whose FIN follows, and says why', async () => {
    const { port, channel, say } = openPort(forwarding)
    const streams = [port.open(), port.open(), port.open()]
    const events: string[] = []
    streams.forEach((stream, index) => {
      stream.on('data', () => events.push(`${index} data`))
      stream.on('error', (error) => events.push(`${index} ${(error as AppError).code}`))
      stream.on('end', () => events.push(`${index} end`))
    })
    say(frame(2, 3, 'x'))
    say(Buffer.from([0, 0, 0, 3]), 10)
    say(frame(1, 3))
    say(frame(1, 5))
    await settle()
    expect(events.toSorted()).toEqual(['0 data', '0 end', '1 destination-refused'])
    expect(streams[2]!.destroyed).toBe(false)
    streams[2]!.destroy()
    channel.close()
  })

  it('delivers what has come of a large frame, and a stream that has a part of it is not the one that was refused', async () => {
    const { port, channel, say } = openPort(forwarding)
    const streams = [port.open(), port.open()]
    const events: string[] = []
    streams.forEach((stream, index) => {
      stream.on('data', (chunk: Buffer) => events.push(`${index} ${chunk.toString()}`))
      stream.on('error', (error) => events.push(`${index} ${(error as AppError).code}`))
      stream.on('end', () => events.push(`${index} end`))
    })
    const large = frame(2, 3, 'first second')
    say(large.subarray(0, 13))
    await settle()
    expect(events).toEqual(['0 first'])
    say(Buffer.from([0, 0, 0, 3]), 10)
    say(Buffer.concat([large.subarray(13), frame(1, 3), frame(1, 5)]))
    await settle()
    expect(events.toSorted()).toEqual(['0  second', '0 end', '0 first', '1 destination-refused'])
    channel.close()
  })

  it('check 35: a remote FIN ends the stream behind all its data, and a local destroy sends a FIN', async () => {
    const { port, channel, wire, say } = openPort(forwarding)
    const remote = port.open()
    say(Buffer.concat([frame(2, 3, 'last words'), frame(1, 3)]))
    let text = ''
    remote.on('data', (chunk: Buffer) => (text += chunk.toString()))
    const ended = new Promise((resolve) => remote.on('end', resolve))
    await settle()
    await ended
    expect(text).toBe('last words')
    const local = port.open()
    local.destroy()
    await settle()
    expect(frames(sentBytes(wire)).at(-1)).toEqual({ cmd: 1, id: 5, data: '' })
    remote.destroy()
    channel.close()
  })

  it('check 36: sends nothing on an idle session, and keep-alives only with agents that expect them', async () => {
    const modern = openPort(forwarding, '3.1.1512.0')
    await vi.advanceTimersByTimeAsync(1)
    const before = modern.wire.inputs.length
    const pongs = setInterval(() => modern.wire.pong(), 10_000)
    await vi.advanceTimersByTimeAsync(150_000)
    expect(modern.wire.inputs.length).toBe(before)
    expect(modern.log.lost).toEqual([])
    clearInterval(pongs)
    modern.channel.close()
    const old = openPort(forwarding, '3.1.1511.0')
    await vi.advanceTimersByTimeAsync(30_500)
    expect(frames(sentBytes(old.wire)).filter((each) => each.cmd === 3).length).toBe(3)
    old.port.destroy(new AppError('session-ended', 'over'))
    old.channel.close()
  })

  it('ignores frames of streams that are gone, and takes random bytes for a protocol error and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        const { port, channel, log, say } = openPort(forwarding)
        say(frame(2, 99, 'nobody'))
        say(Buffer.from(bytes))
        expect(log.failed.every((error) => error.code === 'protocol')).toBe(true)
        port.destroy(new AppError('session-ended', 'over'))
        channel.close()
      }),
      { numRuns: 200 },
    )
  })
})
