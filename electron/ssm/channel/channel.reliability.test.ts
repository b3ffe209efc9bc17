// A channel on a wire in memory: acknowledgements, pauses, and what is sent again.

import { describe, expect, it, vi } from 'vitest'
import { acknowledgeAll, openChannel } from '../../../e2e/kit/wire/channel'
import { acknowledgement, naiveEncode, output } from '../../../e2e/kit/wire/naive'
import { MemoryWire } from '../../../e2e/kit/wire/memory'
import { PayloadType } from '../codec/message'
import { stageTime } from './channel.kit'

stageTime()

const published = (type: string): Buffer => naiveEncode({ type, payload: '{}', createdDate: 0 })

describe('reliability', () => {
  it('check 2: drops malformed frames without an acknowledgement and takes a good copy afterwards', () => {
    const { channel, wire, log } = openChannel()
    const good = output(0, 'hello')
    const flipped = Buffer.from(good)
    flipped[121] = flipped[121]! ^ 1
    for (const bad of [Buffer.alloc(0), good.subarray(0, 119), flipped]) wire.deliver(bad)
    expect([wire.frames.length, log.data.length, log.dropped.length]).toEqual([0, 0, 3])
    wire.deliver(good)
    expect([wire.acknowledged, log.data.length]).toEqual([[0], 1])
    channel.close()
  })

  it('check 6: never sends an empty payload', () => {
    const { channel, wire } = openChannel()
    wire.deliver(output(0, '$ '))
    let isDone = false
    channel.write(Buffer.alloc(0), () => {
      isDone = true
    })
    expect([isDone, wire.inputs.length]).toEqual([true, 0])
    channel.close()
  })

  it('check 10: acknowledges with flags 3, header number 0, payload type 0 and the reference JSON', () => {
    const { channel, wire } = openChannel()
    wire.deliver(output(0, 'a'))
    expect(wire.sent[0]).toMatchObject({ type: 'acknowledge', flags: 3n, sequence: 0n, payloadType: 0 })
    expect(wire.sent[0]!.payload.toString()).toBe(
      '{"AcknowledgedMessageType":"output_stream_data","AcknowledgedMessageId":"00112233-4455-6677-8899-aabbccddeeff","AcknowledgedMessageSequenceNumber":0,"IsSequentialMessage":true}',
    )
    channel.close()
  })

  it('check 12: delivers what it has acknowledged even when the socket drops in between', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(output(0, 'a'))
    wire.deliver(output(2, 'c'))
    expect(wire.acknowledged).toEqual([0, 2])
    wire.drop()
    const second = new MemoryWire()
    channel.attach(second, 'token-2')
    second.deliver(output(1, 'b'))
    expect(log.data.map((each) => each.payload.toString()).join('')).toBe('abc')
    channel.close()
  })

  it('check 13: acknowledges an old duplicate again, at once', () => {
    const { channel, wire, log } = openChannel()
    for (const sequence of [0, 1, 0, 1, 0]) wire.deliver(output(sequence, 'x'))
    expect(wire.acknowledged).toEqual([0, 1, 0, 1, 0])
    expect(log.data.length).toBe(2)
    channel.close()
  })

  it('check 17: stops taking local bytes at the bound and drops none of them', async () => {
    const { channel, wire } = openChannel()
    wire.deliver(output(0, '$ '))
    const chunk = Buffer.alloc(65_536, 7)
    let taken = 0
    for (let index = 0; index < 100; index += 1) channel.write(chunk, () => (taken += 1))
    // 2 MiB of frames is somewhat less than 32 chunks of payload.
    expect(taken).toBeGreaterThan(25)
    expect(taken).toBeLessThan(32)
    acknowledgeAll(wire)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(taken).toBe(100)
    const unique = new Map(wire.inputs.map((message) => [message.sequence, message.payload]))
    expect(Buffer.concat([...unique.values()]).equals(Buffer.alloc(6_553_600, 7))).toBe(true)
    channel.close()
  })

  it('check 18: acknowledges no publication message and goes on when start_publication is lost', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(output(0, '$ '))
    wire.deliver(published('pause_publication'))
    channel.write(Buffer.from('typed'), () => undefined)
    vi.advanceTimersByTime(2_000)
    expect(wire.inputs).toEqual([])
    vi.advanceTimersByTime(2_000)
    expect(wire.inputs.length).toBe(1)
    wire.deliver(acknowledgement(0))
    wire.deliver(published('pause_publication'))
    channel.write(Buffer.from('more'), () => undefined)
    wire.deliver(published('start_publication'))
    expect(wire.inputs.map((message) => message.payload.toString())).toEqual(['typed', 'more'])
    expect(wire.acknowledged).toEqual([0])
    expect(log.failed).toEqual([])
    channel.close()
  })

  it('check 19: gives no number to different bytes under concurrent input, sizes and flags', () => {
    const { channel, wire } = openChannel()
    wire.deliver(output(0, '$ '))
    for (let index = 0; index < 50; index += 1) {
      channel.write(Buffer.from(`k${index}`), () => undefined)
      channel.send(PayloadType.size, Buffer.from(`{"cols":${index},"rows":1}`))
      if (index % 7 === 0) channel.send(PayloadType.flag, Buffer.from([0, 0, 0, 1]))
    }
    for (const message of wire.inputs) wire.deliver(acknowledgement(Number(message.sequence)))
    vi.advanceTimersByTime(3_000)
    const bytes = new Map<bigint, string>()
    for (const message of wire.inputs) {
      const seen = bytes.get(message.sequence)
      const now = `${message.id} ${message.payloadType} ${message.payload.toString('hex')}`
      if (seen !== undefined) expect(now).toBe(seen)
      bytes.set(message.sequence, now)
    }
    expect(bytes.size).toBe(108)
    expect([...bytes.keys()].map(Number)).toEqual(Array.from({ length: 108 }, (_, index) => index))
    channel.close()
  })

  it('ignores text, unknown types and agent_session_state without an acknowledgement', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(naiveEncode({ type: 'agent_session_state', flags: 3, payload: '{"SessionState":"Connected"}' }))
    wire.deliver(naiveEncode({ type: 'something_new', payload: '{}' }))
    expect([wire.frames.length, log.data.length, log.failed.length]).toEqual([0, 0, 0])
    channel.close()
  })

  it('costs the socket and not the session when nothing is acknowledged for 5 minutes while nothing is paused', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(output(0, '$ '))
    const pongs = setInterval(() => wire.pong(), 10_000)
    channel.write(Buffer.from('x'), () => undefined)
    vi.advanceTimersByTime(295_000)
    expect(log.lost).toEqual([])
    vi.advanceTimersByTime(15_000)
    expect(log.lost.map((error) => error.code)).toEqual(['timeout'])
    expect(log.failed).toEqual([])
    clearInterval(pongs)
    const second = new MemoryWire()
    channel.attach(second, 'token-2')
    expect(second.inputs.map((message) => message.payload.toString())).toEqual(['x'])
    second.deliver(acknowledgement(0))
    expect(log.resumed).toBe(1)
    channel.close()
  })

  it('drops an acknowledgement of the wrong shape, counts it, and goes on', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(output(0, '$ '))
    channel.write(Buffer.from('typed'), () => undefined)
    const wrong = ['not JSON', '{}', '[1]', '{"AcknowledgedMessageSequenceNumber":"0"}', 'null']
    for (const payload of wrong) wire.deliver(naiveEncode({ type: 'acknowledge', flags: 3, payload }))
    expect([log.failed, log.dropped.length]).toEqual([[], wrong.length])
    expect(wire.closedWith).toBeUndefined()
    wire.deliver(acknowledgement(0))
    channel.write(Buffer.from('more'), () => undefined)
    expect(wire.inputs.map((message) => message.payload.toString())).toEqual(['typed', 'more'])
    channel.close()
  })

  it('sends what was typed during a pause as soon as the agent speaks, and not seconds later', () => {
    const { channel, wire } = openChannel()
    wire.deliver(output(0, '$ '))
    wire.deliver(published('pause_publication'))
    channel.write(Buffer.from('typed'), () => undefined)
    expect(wire.inputs).toEqual([])
    wire.deliver(output(1, 'the agent is back'))
    expect(wire.inputs.map((message) => message.payload.toString())).toEqual(['typed'])
    channel.close()
  })

  it('sends again in time what was under way when a pause began and ended', () => {
    const { channel, wire } = openChannel()
    wire.deliver(output(0, '$ '))
    wire.deliver(published('pause_publication'))
    // The timer of the pause is set for seconds from now.
    channel.write(Buffer.from('typed'), () => undefined)
    vi.advanceTimersByTime(100)
    wire.deliver(output(1, 'back'))
    expect(wire.inputs.length).toBe(1)
    // It got lost: the retransmission is due after 200 ms, whatever the pause had planned.
    vi.advanceTimersByTime(350)
    expect(wire.inputs.map((message) => message.payload.toString())).toEqual(['typed', 'typed'])
    channel.close()
  })

  it('asks by one message 3 s after a pause that began while nothing was due', () => {
    const { channel, wire } = openChannel()
    wire.deliver(output(0, '$ '))
    channel.write(Buffer.from('typed'), () => undefined)
    wire.deliver(published('pause_publication'))
    const before = wire.inputs.length
    vi.advanceTimersByTime(3_100)
    expect(wire.inputs.length).toBe(before + 1)
    channel.close()
  })
})

describe('the diagnostic observer', () => {
  it('is told why a frame is dropped and which message is sent again, and of nothing else', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(output(0, '$ '))
    wire.deliver(output(0, '$ '))
    channel.write(Buffer.from('typed'), () => undefined)
    expect([log.dropped, log.resent]).toEqual([[], []])
    wire.deliver(Buffer.from('short'))
    wire.bufferedBytes = 1_048_577
    wire.deliver(output(1, 'no room'))
    wire.bufferedBytes = 0
    for (let sequence = 2; sequence <= 10_002; sequence += 1) wire.deliver(output(sequence, 'early'))
    expect(log.dropped).toEqual([
      expect.stringMatching(/./),
      'the socket is backed up',
      'too many messages wait for an earlier one',
    ])
    vi.advanceTimersByTime(700)
    expect(log.resent).toEqual([
      { sequence: 0, attempt: 2 },
      { sequence: 0, attempt: 3 },
    ])
    channel.close()
  })
})
