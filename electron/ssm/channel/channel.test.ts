// A channel on a wire in memory: how it opens, what it bounds, and how it ends.

import { describe, expect, it, vi } from 'vitest'
import { openChannel, portHandshake, shakeHands } from '../../../e2e/kit/wire/channel'
import { acknowledgement, naiveEncode, output } from '../../../e2e/kit/wire/naive'
import { MemoryWire } from '../../../e2e/kit/wire/memory'
import { PayloadType } from '../codec/message'
import { stageTime } from './channel.kit'

stageTime()

const forwarding = { type: 'LocalPortForwarding', portNumber: '80' }

describe('opening', () => {
  it('check 7: sends five fields first, with a new RequestId and the same ClientId on each socket', () => {
    const { channel, wire } = openChannel()
    wire.drop()
    const second = new MemoryWire()
    channel.attach(second, 'token-2')
    const opens = [wire, second].map((each) => JSON.parse(each.texts[0]!) as Record<string, string>)
    expect(opens.map((open) => Object.keys(open))).toEqual([
      ['MessageSchemaVersion', 'RequestId', 'TokenValue', 'ClientId', 'ClientVersion'],
      ['MessageSchemaVersion', 'RequestId', 'TokenValue', 'ClientId', 'ClientVersion'],
    ])
    expect(opens[0]!['ClientId']).toBe(opens[1]!['ClientId'])
    expect(opens[0]!['RequestId']).not.toBe(opens[1]!['RequestId'])
    expect(opens.map((open) => open['TokenValue'])).toEqual(['token-1', 'token-2'])
    channel.close()
  })

  it('check 9: sends nothing before the open message and no data before readiness', () => {
    const { channel, wire } = openChannel()
    channel.write(Buffer.from('early'), () => undefined)
    expect(channel.send(PayloadType.size, Buffer.from('{}'))).toBe(false)
    vi.advanceTimersByTime(5_000)
    expect(wire.frames).toEqual([])
    shakeHands(wire, forwarding)
    expect(wire.inputs.map((message) => message.payload.toString()).slice(1)).toEqual(['early'])
    channel.close()
  })

  it('check 20: answers a handshake by its acknowledgement and then one response with number 0', () => {
    const { channel, wire } = openChannel()
    wire.deliver(output(0, portHandshake(forwarding), 5))
    wire.deliver(output(1, portHandshake(forwarding), 5))
    expect(wire.sent.map((message) => [message.type, Number(message.sequence), message.payloadType])).toEqual([
      ['acknowledge', 0, 0],
      ['input_stream_data', 0, 6],
      ['acknowledge', 0, 0],
    ])
    channel.close()
  })

  it('check 21: answers an unknown action with status 3 and an unknown session type with 2, and ends with an error', () => {
    for (const [action, status] of [
      [{ ActionType: 'Bogus', ActionParameters: {} }, 3],
      [{ ActionType: 'SessionType', ActionParameters: { SessionType: 'Bogus', Properties: null } }, 2],
    ] as const) {
      const { wire, log } = openChannel()
      wire.deliver(output(0, JSON.stringify({ AgentVersion: '3.3.0.0', RequestedClientActions: [action] }), 5))
      const response = JSON.parse(wire.inputs[0]!.payload.toString())
      expect(response.ProcessedClientActions[0].ActionStatus).toBe(status)
      expect(log.failed.map((error) => error.code)).toEqual(['protocol'])
      expect(log.failed[0]!.message).toContain('Bogus')
    }
  })

  it('refuses an encrypted session with its own error instead of hanging', () => {
    const { wire, log } = openChannel()
    const actions = [{ ActionType: 'KMSEncryption', ActionParameters: { KMSKeyId: 'k' } }]
    wire.deliver(output(0, JSON.stringify({ AgentVersion: '3.3.0.0', RequestedClientActions: actions }), 5))
    expect(log.failed.map((error) => error.code)).toEqual(['encryption-unsupported'])
  })

  it('check 22: reports a four-part client version above both gates of the agent', () => {
    const { channel, wire } = openChannel()
    wire.deliver(output(0, portHandshake(forwarding), 5))
    const parts = (JSON.parse(wire.inputs[0]!.payload.toString()).ClientVersion as string).split('.').map(Number)
    expect(parts.length).toBe(4)
    expect(parts[0]! * 1e9 + parts[1]! * 1e6 + parts[2]! * 1e1).toBeGreaterThan(1e9 + 2e6 + 331 * 1e1)
    channel.close()
  })

  it('check 24: fails after 30 s without a handshake, and ends on a handshake that is not JSON', () => {
    const silent = openChannel()
    vi.advanceTimersByTime(29_000)
    expect(silent.log.failed).toEqual([])
    vi.advanceTimersByTime(2_000)
    expect(silent.log.failed.map((error) => error.code)).toEqual(['timeout'])
    const broken = openChannel()
    broken.wire.deliver(output(0, '{"AgentVersion":', 5))
    expect(broken.log.failed.map((error) => error.code)).toEqual(['protocol'])
    expect(broken.wire.acknowledged).toEqual([0])
  })

  it('check 26: takes a first output without a handshake for a shell', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(output(0, '$ '))
    expect(log.ready.map((ready) => ready.sessionType)).toEqual(['Standard_Stream'])
    expect(log.data.map((each) => each.payload.toString())).toEqual(['$ '])
    channel.close()
  })

  it('takes a silent program for ready after the quiet time, unless a handshake has begun', () => {
    const silent = openChannel({ readyAfterQuietMs: 10_000 })
    vi.advanceTimersByTime(10_000)
    expect(silent.log.ready.length).toBe(1)
    silent.channel.close()
    const shaking = openChannel({ readyAfterQuietMs: 10_000 })
    shaking.wire.deliver(output(0, portHandshake(forwarding), 5))
    vi.advanceTimersByTime(10_000)
    expect([shaking.log.ready.length, shaking.log.failed.length]).toEqual([0, 0])
    // A handshake that stops half-way has a deadline all the same.
    vi.advanceTimersByTime(21_000)
    expect(shaking.log.failed.map((error) => error.code)).toEqual(['timeout'])
  })
})

describe('a gateway that takes nothing', () => {
  const backlog = 1_048_577

  it('is given nothing to acknowledge and loses nothing: a good copy comes when it reads again', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(output(0, '$ '))
    wire.bufferedBytes = backlog
    const before = wire.frames.length
    for (let sequence = 1; sequence < 1_000; sequence += 1) wire.deliver(output(sequence, 'flood'))
    wire.deliver(output(0, '$ '))
    expect([wire.frames.length, log.data.length]).toEqual([before, 1])
    wire.bufferedBytes = 0
    wire.deliver(output(1, 'again'))
    expect([wire.acknowledged.at(-1), log.data.at(-1)?.payload.toString()]).toEqual([1, 'again'])
    channel.close()
  })

  it('loses its socket beyond the hard bound, and the session goes on over the next one', () => {
    const { channel, wire, log } = openChannel()
    wire.deliver(output(0, '$ '))
    wire.bufferedBytes = 8 * backlog
    wire.deliver(output(1, 'flood'))
    expect(log.lost.map((error) => error.code)).toEqual(['network'])
    expect([wire.closedWith, log.failed]).toEqual(['terminated', []])
    const second = new MemoryWire()
    channel.attach(second, 'token-2')
    second.deliver(output(1, 'again'))
    expect(log.data.at(-1)?.payload.toString()).toBe('again')
    channel.close()
  })
})

describe('foreign text', () => {
  it('of the service and of the agent is cut to 2 kB where it enters', () => {
    const long = 'x'.repeat(3_900_000)
    const { wire, log } = openChannel()
    wire.deliver(naiveEncode({ type: 'channel_closed', payload: JSON.stringify({ SessionId: 's', Output: long }) }))
    expect(log.closed.map((text) => text.length)).toEqual([2_048])
    const other = openChannel()
    other.wire.deliver(output(0, portHandshake(forwarding), 5))
    const complete = JSON.stringify({ HandshakeTimeToComplete: 1, CustomerMessage: long })
    other.wire.deliver(output(1, complete, 7))
    expect(other.log.ready.map(({ customerMessage }) => customerMessage.length)).toEqual([2_048])
    other.channel.close()
  })

  it('in a handshake is answered by nothing longer: too many actions and long names are refused', () => {
    const action = { ActionType: 'SessionType', ActionParameters: { SessionType: 'Port', Properties: null } }
    for (const request of [
      { AgentVersion: '3.3.0.0', RequestedClientActions: Array.from({ length: 1_000 }, () => action) },
      { AgentVersion: 'x'.repeat(100_000), RequestedClientActions: [action] },
      { AgentVersion: '3.3.0.0', RequestedClientActions: [{ ...action, ActionType: 'x'.repeat(100_000) }] },
    ]) {
      const { wire, log } = openChannel()
      wire.deliver(output(0, JSON.stringify(request), 5))
      expect(log.failed.map((error) => [error.code, error.message.length < 300])).toEqual([['protocol', true]])
      expect(wire.inputs).toEqual([])
    }
  })
})

describe('the end', () => {
  it('check 29: channel_closed comes behind the output before it, with its text', () => {
    const order: string[] = []
    const { wire, log } = openChannel({ onData: (_type, payload) => order.push(payload.toString()) })
    wire.deliver(output(0, 'last words'))
    const text = 'Your session timed out due to inactivity and has been terminated.'
    wire.deliver(naiveEncode({ type: 'channel_closed', payload: JSON.stringify({ SessionId: 's', Output: text }) }))
    expect(order).toEqual(['last words'])
    expect(log.closed).toEqual([text])
    expect(wire.closedWith).toBe(1_000)
    expect(wire.acknowledged).toEqual([0])
  })

  it('releases every waiting writer exactly once when the channel closes', () => {
    const { channel, wire } = openChannel()
    wire.deliver(output(0, '$ '))
    let done = 0
    for (let index = 0; index < 100; index += 1) channel.write(Buffer.alloc(65_536), () => (done += 1))
    channel.close()
    expect(done).toBe(100)
    channel.write(Buffer.from('late'), () => (done += 1))
    expect(done).toBe(101)
  })

  it('closes a wire that comes too late', () => {
    const { channel } = openChannel()
    channel.close()
    const late = new MemoryWire()
    channel.attach(late, 'token')
    expect([late.closedWith, late.texts]).toEqual([1_000, []])
  })

  it('resolves drained once everything is acknowledged, and false after the wait', async () => {
    const { channel, wire } = openChannel()
    wire.deliver(output(0, '$ '))
    channel.write(Buffer.from('a'), () => undefined)
    const soon = channel.drained(2_000)
    wire.deliver(acknowledgement(0))
    await expect(soon).resolves.toBe(true)
    channel.write(Buffer.from('b'), () => undefined)
    const late = channel.drained(2_000)
    await vi.advanceTimersByTimeAsync(2_000)
    await expect(late).resolves.toBe(false)
    channel.close()
  })
})
