import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { acknowledgeAll, openChannel, portHandshake, shakeHands } from '../../../e2e/kit/channel'
import { acknowledgement, naiveEncode, output } from '../../../e2e/kit/naive'
import { MemoryWire } from '../../../e2e/kit/wire'
import { PayloadType } from '../codec/message'

const forwarding = { type: 'LocalPortForwarding', portNumber: '80' }
const published = (type: string): Buffer => naiveEncode({ type, payload: '{}', createdDate: 0 })

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

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
