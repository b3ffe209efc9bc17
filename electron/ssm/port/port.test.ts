import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { acknowledgeAll, openChannel, shakeHands } from '../../../e2e/kit/channel'
import { output } from '../../../e2e/kit/naive'
import { seededRandom } from '../../../e2e/kit/random'
import type { MemoryWire } from '../../../e2e/kit/wire'
import { AppError } from '../../../shared/errors'
import { ReceiveBudget } from './budget'
import { createPort } from './create'
import type { Port } from './port'

const forwarding = { type: 'LocalPortForwarding', portNumber: '80' }

/** A port on a channel on an in-memory wire whose peer acknowledges everything. */
function openPort(properties: Record<string, string>, agentVersion?: string, budget = new ReceiveBudget()) {
  const holder: { port?: Port; sequence: number } = { sequence: 2 }
  const opened = openChannel({
    receiver: (ready, channel) => {
      holder.port = createPort(channel, ready, budget)
      return holder.port
    },
  })
  acknowledgeAll(opened.wire)
  shakeHands(opened.wire, properties, agentVersion)
  const port = holder.port!
  return {
    ...opened,
    port,
    budget,
    /** The agent sends bytes of the session. */
    say: (bytes: Buffer | string, type = 1): void => {
      opened.wire.deliver(output(holder.sequence, bytes, type))
      holder.sequence += 1
    },
  }
}

/** All Output bytes that the client sent. */
function sentBytes(wire: MemoryWire): Buffer {
  const unique = new Map(wire.inputs.filter((m) => m.payloadType === 1).map((m) => [m.sequence, m.payload]))
  return Buffer.concat([...unique.values()])
}

/** A naive smux parser: frames of a whole stream. */
function frames(stream: Buffer): { cmd: number; id: number; data: string }[] {
  const found = []
  for (let at = 0; at + 8 <= stream.length;) {
    const length = stream[at + 2]! + stream[at + 3]! * 256
    found.push({
      cmd: stream[at + 1]!,
      id: stream.readUInt32LE(at + 4),
      data: stream.toString('latin1', at + 8, at + 8 + length),
    })
    at += 8 + length
  }
  return found
}

function frame(cmd: number, id: number, data: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(data)
  return Buffer.concat([
    Buffer.from([1, cmd, bytes.length & 0xff, bytes.length >> 8, id & 0xff, (id >> 8) & 0xff, 0, 0]),
    bytes,
  ])
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the mode', () => {
  it('check 23: follows the document and the agent version', () => {
    const modes = [
      [forwarding, '3.3.987.0'],
      [forwarding, '3.0.196.1'],
      [forwarding, '3.0.196.0'],
      [forwarding, '3.3.987'],
      [{ portNumber: '22' }, '3.3.987.0'],
    ] as const
    const seen = modes.map(([properties, version]) => {
      const { port, channel } = openPort(properties, version)
      channel.close()
      port.destroy(new AppError('session-ended', 'over'))
      return port.mode
    })
    expect(seen).toEqual(['mux', 'mux', 'basic', 'basic', 'raw'])
  })

  it('check 30: carries a lone line feed as a line feed in all three', async () => {
    for (const [properties, version, expected] of [
      [forwarding, '3.3.987.0', '0a'],
      [forwarding, '3.0.150.0', '0a'],
      [{ portNumber: '22' }, '3.3.987.0', '0a'],
    ] as const) {
      const { port, channel, wire } = openPort(properties, version)
      const stream = port.open()
      await settle()
      const before = sentBytes(wire).length
      stream.write(Buffer.from([0x0a]))
      await settle()
      const sent = sentBytes(wire).subarray(before)
      expect(sent.subarray(-1).toString('hex')).toBe(expected)
      port.destroy(new AppError('session-ended', 'over'))
      channel.close()
    }
  })
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

describe('basic', () => {
  it('check 37: sends Flag 1 at the end of each connection and serves the next one', async () => {
    const { port, channel, wire, say } = openPort(forwarding, '3.0.150.0')
    say('banner')
    const first = port.open()
    const second = port.open()
    let heard = ''
    first.on('data', (chunk: Buffer) => (heard += chunk.toString()))
    first.write('one')
    second.write('two')
    await settle()
    expect([heard, sentBytes(wire).toString()]).toEqual(['banner', 'one'])
    first.end()
    await vi.advanceTimersByTimeAsync(100)
    const kinds = wire.inputs.slice(1).map((message) => `${message.payloadType} ${message.payload.toString('latin1')}`)
    expect(kinds).toEqual(['1 one', '10 \0\0\0\u0001', '1 two'])
    second.on('data', (chunk: Buffer) => (heard += chunk.toString()))
    say('answer')
    await settle()
    expect(heard).toBe('banneranswer')
    second.destroy()
    await vi.advanceTimersByTimeAsync(100)
    expect(wire.inputs.at(-1)!.payloadType).toBe(10)
    channel.close()
  })

  it('does not give bytes of the last connection to the next one', async () => {
    const { port, channel, wire, say } = openPort(forwarding, '3.0.150.0')
    const first = port.open()
    const second = port.open()
    await settle()
    wire.onFrame = () => undefined
    first.destroy()
    await settle()
    say('late bytes of the first')
    let heard = ''
    second.on('data', (chunk: Buffer) => (heard += chunk.toString()))
    await vi.advanceTimersByTimeAsync(3_000)
    say('bytes of the second')
    await settle()
    expect(heard).toBe('bytes of the second')
    second.destroy()
    channel.close()
  })
})

describe('raw', () => {
  it('check 38: carries the session bytes as they are, keeps what came before it was opened, and ends at the hang-up', async () => {
    const { port, channel, wire, say } = openPort({ portNumber: '22' })
    say('SSH-2.0-x\r\n')
    const stream = port.open()
    expect(() => port.open()).toThrow(AppError)
    let heard = ''
    stream.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')))
    const ended = new Promise((resolve) => stream.on('end', resolve))
    stream.write('client\n')
    stream.end()
    await settle()
    say(Buffer.from([0, 255, 10, 13]))
    port.hangUp(new AppError('session-ended', ''))
    await settle()
    await ended
    expect([heard, sentBytes(wire).toString()]).toEqual(['SSH-2.0-x\r\n\u0000ÿ\n\r', 'client\n'])
    // Standard input may end first: that is no reason to hang up.
    expect(wire.inputs.some((message) => message.payloadType === 10)).toBe(false)
    channel.close()
  })
})
