import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { acknowledgeAll } from '../../../e2e/kit/wire/channel'
import { output } from '../../../e2e/kit/wire/naive'
import { forwarding, openPort, sentBytes } from '../../../e2e/kit/wire/port'
import { AppError } from '../../../shared/errors'

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
    // Without its acknowledgement the agent may not know of the end yet.
    second.write('two')
    await vi.advanceTimersByTimeAsync(20_000)
    expect(sentBytes(wire).toString()).toBe('')
    acknowledgeAll(wire)
    // The flag was sent again: messages get lost here, so output of the first may still be repeated.
    await vi.advanceTimersByTimeAsync(10_000)
    expect(sentBytes(wire).toString()).toBe('two')
    say('bytes of the second')
    await settle()
    expect(heard).toBe('bytes of the second')
    second.destroy()
    channel.close()
  })

  it('keeps the next connection waiting while output of the last is repeated after a disturbance', async () => {
    const { port, channel, wire, say } = openPort(forwarding, '3.0.150.0')
    const first = port.open()
    const second = port.open()
    let heard = ''
    second.on('data', (chunk: Buffer) => (heard += chunk.toString()))
    second.write('two')
    // The second copy of an old message: the agent has missed an acknowledgement.
    wire.deliver(output(1, 'x'))
    first.destroy()
    await vi.advanceTimersByTimeAsync(2_900)
    say('repeated output of the first')
    await vi.advanceTimersByTimeAsync(2_900)
    say('and more of it')
    await vi.advanceTimersByTimeAsync(2_900)
    expect([heard, sentBytes(wire).toString()]).toEqual(['', ''])
    await vi.advanceTimersByTimeAsync(400)
    expect(sentBytes(wire).toString()).toBe('two')
    say('answer')
    await settle()
    expect(heard).toBe('answer')
    // The path is calm again: nothing is waited for.
    const third = port.open()
    third.write('three')
    second.end()
    await settle()
    second.destroy()
    await vi.advanceTimersByTimeAsync(100)
    expect(sentBytes(wire).toString()).toBe('twothree')
    // A program that leaves within an answer leaves output on the way.
    const fourth = port.open()
    fourth.write('four')
    third.destroy()
    await vi.advanceTimersByTimeAsync(2_900)
    expect(sentBytes(wire).toString()).toBe('twothree')
    await vi.advanceTimersByTimeAsync(200)
    expect(sentBytes(wire).toString()).toBe('twothreefour')
    fourth.destroy()
    channel.close()
  })

  it('takes no silence for calm while the agent does not answer', async () => {
    const { port, channel, wire, say } = openPort(forwarding, '3.0.150.0')
    const first = port.open()
    const second = port.open()
    let heard = ''
    second.on('data', (chunk: Buffer) => (heard += chunk.toString()))
    second.write('two')
    wire.deliver(output(1, 'x'))
    first.destroy()
    await vi.advanceTimersByTimeAsync(500)
    // The leg of the agent is down: what it repeats does not come, and neither does an answer.
    const answers = wire.onFrame
    wire.onFrame = () => undefined
    await vi.advanceTimersByTimeAsync(6_000)
    wire.onFrame = answers
    say('repeated output of the first')
    await vi.advanceTimersByTimeAsync(2_000)
    expect([heard, sentBytes(wire).toString()]).toEqual(['', ''])
    await vi.advanceTimersByTimeAsync(60_000)
    expect([heard, sentBytes(wire).toString()]).toEqual(['', 'two'])
    second.destroy()
    channel.close()
  })

  it('leaves no timer behind when it ends while the next connection waits', async () => {
    const { port, channel, wire } = openPort(forwarding, '3.0.150.0')
    const first = port.open()
    port.open()
    wire.deliver(output(1, 'x'))
    first.destroy()
    await vi.advanceTimersByTimeAsync(100)
    channel.close()
    port.destroy(new AppError('session-ended', 'over'))
    expect(vi.getTimerCount()).toBe(0)
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
