import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { acknowledgeAll, openChannel, shakeHands } from '../../../e2e/kit/wire/channel'
import { acknowledgement, naiveDecode, output } from '../../../e2e/kit/wire/naive'
import { MemoryWire } from '../../../e2e/kit/wire/memory'

const forwarding = { type: 'LocalPortForwarding', portNumber: '80' }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

describe('clocks', () => {
  const hours = 3_600_000

  /** A channel with one message under way. Its clock is the process's own, or one that is `skipMs()` ahead of it. */
  function underWay(skipMs?: () => number) {
    const opened = openChannel(skipMs === undefined ? {} : { now: () => performance.now() + skipMs() })
    opened.wire.deliver(output(0, '$ '))
    opened.channel.write(Buffer.from('x'), () => undefined)
    return opened
  }

  it('a sleep of 8 h over which the monotonic clock stands still costs the socket at the wake, and nothing else', () => {
    const { channel, wire, log } = underWay()
    vi.setSystemTime(Date.now() + 8 * hours)
    vi.advanceTimersByTime(1_000)
    expect([log.lost, log.failed]).toEqual([[], []])
    channel.wake()
    vi.advanceTimersByTime(5_000)
    expect(log.lost.map(({ code }) => code)).toEqual(['network'])
    expect([log.failed, wire.closedWith]).toEqual([[], 'terminated'])
    const second = new MemoryWire()
    channel.attach(second, 'token-2')
    expect(second.inputs.map((message) => message.payload.toString())).toEqual(['x'])
    channel.close()
  })

  it('a sleep of 8 h over which the monotonic clock jumps costs the socket, and nothing else', () => {
    let skipMs = 0
    const { channel, log } = underWay(() => skipMs)
    skipMs = 8 * hours
    vi.setSystemTime(Date.now() + 8 * hours)
    channel.wake()
    vi.advanceTimersByTime(10_000)
    expect(log.lost).toHaveLength(1)
    expect(log.failed).toEqual([])
    const second = new MemoryWire()
    channel.attach(second, 'token-2')
    expect(second.inputs.map((message) => message.payload.toString())).toEqual(['x'])
    second.deliver(acknowledgement(0))
    expect(log.resumed).toBe(1)
    channel.close()
  })

  it('an idle socket that outlived a sleep is asked and kept, whichever way the clock behaves', () => {
    for (const jumpMs of [0, 8 * hours]) {
      let skipMs = 0
      const { channel, wire, log } = openChannel({ now: () => performance.now() + skipMs })
      wire.deliver(output(0, '$ '))
      const pings = wire.pings
      skipMs = jumpMs
      vi.setSystemTime(Date.now() + 8 * hours)
      channel.wake()
      expect(wire.pings).toBe(pings + 1)
      wire.pong()
      vi.advanceTimersByTime(30_000)
      wire.pong()
      expect([log.lost, log.failed]).toEqual([[], []])
      channel.close()
    }
  })

  it('a process that stood still asks before it takes the silence for the end of the path', () => {
    let skipMs = 0
    const { channel, wire, log } = openChannel({ now: () => performance.now() + skipMs })
    wire.deliver(output(0, '$ '))
    skipMs = 60_000
    const pings = wire.pings
    vi.advanceTimersByTime(5_000)
    expect([wire.pings, log.lost]).toEqual([pings + 1, []])
    wire.pong()
    vi.advanceTimersByTime(15_000)
    expect(log.lost).toEqual([])
    channel.close()
  })

  it('a clock set back an hour stops neither retransmission nor pings', () => {
    const { channel, wire } = underWay()
    vi.setSystemTime(Date.now() - hours)
    vi.advanceTimersByTime(2_000)
    expect(wire.inputs.length).toBeGreaterThan(2)
    wire.deliver(acknowledgement(0))
    const pings = wire.pings
    const pongs = setInterval(() => wire.pong(), 10_000)
    vi.advanceTimersByTime(60_000)
    clearInterval(pongs)
    expect(wire.pings).toBe(pings + 3)
    channel.close()
  })

  it('an answer after a sleep is no measurement of the round trip', () => {
    let skipMs = 0
    const { channel, wire } = underWay(() => skipMs)
    skipMs = 8 * hours
    wire.deliver(acknowledgement(0))
    expect(channel.counters.roundTripMs).toBeUndefined()
    channel.close()
  })
})

describe('the socket', () => {
  it('check 46: is pinged every 20 s and declared dead 45 s after the last sign of life', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(output(0, '$ '))
    expect(wire.pings).toBe(1)
    vi.advanceTimersByTime(40_000)
    expect([wire.pings, log.lost.length]).toEqual([3, 0])
    wire.pong()
    vi.advanceTimersByTime(44_999)
    expect([wire.pings, log.lost.length]).toEqual([5, 0])
    vi.advanceTimersByTime(1)
    expect(log.lost.map((error) => error.code)).toEqual(['network'])
    expect(wire.closedWith).toBe('terminated')
    channel.close()
  })

  it('is replaced: unacknowledged messages go out again byte-identical and in order, and one incoming frame proves it', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(output(0, '$ '))
    for (const text of ['a', 'b', 'c']) {
      channel.write(Buffer.from(text), () => undefined)
      vi.advanceTimersByTime(0)
    }
    wire.deliver(acknowledgement(1))
    wire.drop()
    channel.write(Buffer.from('typed during the outage'), () => undefined)
    const second = new MemoryWire()
    channel.attach(second, 'token-2')
    expect(second.inputs.map((message) => message.payload.toString())).toEqual(['a', 'c', 'typed during the outage'])
    expect(
      second.frames[0]!.equals(wire.frames.find((frame) => frame.readBigInt64BE(48) === 0n && frame[4] === 0x69)!),
    ).toBe(true)
    expect(log.resumed).toBe(0)
    second.deliver(acknowledgement(0))
    expect(log.resumed).toBe(1)
    channel.close()
  })

  it('is proven by the last acknowledged message when nothing is in flight', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(output(0, '$ '))
    channel.write(Buffer.from('a'), () => undefined)
    wire.deliver(acknowledgement(0))
    const before = wire.frames.find((frame) => frame[4] === 0x69)!
    wire.drop()
    const second = new MemoryWire()
    channel.attach(second, 'token-2')
    expect(second.frames.map((frame) => frame.equals(before))).toEqual([true])
    second.deliver(acknowledgement(0))
    expect(log.resumed).toBe(1)
    channel.close()
  })

  it('asks again every 3 s while the agent says nothing, and no more once it is proven', () => {
    const { channel, wire } = openChannel()
    shakeHands(wire, forwarding)
    acknowledgeAll(wire)
    const response = wire.frames.find((frame) => naiveDecode(frame).type === 'input_stream_data')!
    wire.drop()
    const second = new MemoryWire()
    channel.attach(second, 'token-2')
    vi.advanceTimersByTime(9_500)
    expect(second.frames.map((frame) => frame.equals(response))).toEqual([true, true, true, true])
    second.deliver(acknowledgement(0))
    vi.advanceTimersByTime(60_000)
    expect(second.frames).toHaveLength(4)
    channel.close()
  })

  it('answers a probe by its pong and by the agent, each with its time, and tells what stayed silent', async () => {
    const { channel, wire } = openChannel()
    shakeHands(wire, forwarding)
    acknowledgeAll(wire)
    const before = wire.frames.length
    const whole = channel.probe(5_000)
    vi.advanceTimersByTime(20)
    wire.pong()
    vi.advanceTimersByTime(30)
    expect(wire.frames).toHaveLength(before + 1)
    acknowledgeAll(wire)
    expect(await whole).toEqual({ serviceMs: 20, agentMs: 50 })
    const half = channel.probe(5_000)
    wire.pong()
    vi.advanceTimersByTime(5_000)
    expect(await half).toEqual({ serviceMs: 0, agentMs: undefined })
    channel.close()
    expect(await channel.probe(5_000)).toEqual({ serviceMs: undefined, agentMs: undefined })
  })

  it('that answers no ping within 5 s of a wake is lost, and one that does is kept', () => {
    const { channel, wire, log } = openChannel()
    shakeHands(wire, forwarding)
    channel.wake()
    channel.wake()
    vi.advanceTimersByTime(4_999)
    wire.pong()
    vi.advanceTimersByTime(5_000)
    expect(log.lost).toHaveLength(0)
    channel.wake()
    vi.advanceTimersByTime(5_000)
    expect(log.lost).toHaveLength(1)
    channel.close()
  })

  it('is lost again when a replacement proves nothing within 30 s', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(output(0, '$ '))
    wire.drop()
    channel.attach(new MemoryWire(), 'token-2')
    vi.advanceTimersByTime(31_000)
    expect(log.lost.length).toBe(2)
    channel.close()
  })

  it('leaves one socket and one set of timers after a thousand replacements', () => {
    const { channel, wire } = openChannel()
    wire.deliver(output(0, '$ '))
    const baseline = vi.getTimerCount()
    const wires = [wire]
    for (let index = 0; index < 1_000; index += 1) {
      wires.at(-1)!.drop()
      const next = new MemoryWire()
      wires.push(next)
      channel.attach(next, 'token')
      next.deliver(output(0, '$ '))
    }
    expect(vi.getTimerCount()).toBe(baseline)
    expect(wires.filter((each) => each.closedWith === undefined).length).toBe(1)
    channel.close()
  })
})
