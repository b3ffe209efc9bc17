// Connections that a carrier carries or refuses, over real sockets.

import { describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { Carrier } from './connections'
import {
  carrier,
  connections,
  endOf,
  events,
  failures,
  type Far,
  program,
  setMax,
  stageConnections,
  textOf,
  until,
} from './connections.kit'

stageConnections()

describe('a destination', () => {
  const answers = (): number[] =>
    events.flatMap((event) => (event.kind === 'connection-answered' ? [event.connectionId] : []))

  it('has answered with its first byte, told once, or with an orderly end; not with silence or our own end', async () => {
    const session = carrier()
    connections.carryBy(session)
    const speaking = await program()
    const closing = await program()
    const silent = await program()
    const refused = await program()
    await until(() => session.far.length === 4)
    const [first, second, , fourth] = session.far
    const read = new Promise((resolve) => speaking.once('data', resolve))
    first!.stream.push('one')
    await read
    first!.stream.push('two')
    second!.stream.push(null)
    await endOf(closing)
    silent.end('a request')
    fourth!.stream.destroy(new AppError('destination-refused', 'Nothing answers.'))
    expect(await endOf(refused)).toBe('ECONNRESET')
    speaking.destroy()
    closing.end()
    await until(() => events.filter(({ kind }) => kind === 'connection-closed').length === 4)
    expect(answers()).toEqual([1, 2])
  })
})

describe('a carrier that refuses to open a stream', () => {
  const refusing = (code: 'protocol' | 'session-ended', after: number): Carrier & { readonly far: Far[] } => {
    const session = carrier()
    return {
      ...session,
      open: () => {
        if (session.far.length >= after) throw new AppError(code, 'One connection only.')
        return session.open()
      },
    }
  }

  it('fails the connection that has come with its error; others go on, and counts stay right', async () => {
    setMax(2)
    const session = refusing('protocol', 1)
    connections.carryBy(session)
    const first = await program()
    for (let time = 0; time < 3; time += 1) expect(await endOf(await program())).toBe('ECONNRESET')
    expect(failures()).toEqual(['protocol', 'protocol', 'protocol'])
    expect(events.filter(({ kind }) => kind === 'connection-opened')).toHaveLength(1)
    expect(connections.count).toBe(1)
    first.write('still here')
    await until(() => session.far.some((far) => textOf(far) === 'still here'))
  })

  it('fails each held connection with its error, and throws at no one', async () => {
    const held = [await program(), await program()]
    const ends = held.map(endOf)
    expect(() => connections.carryBy(refusing('session-ended', 0))).not.toThrow()
    expect(await Promise.all(ends)).toEqual(['ECONNRESET', 'ECONNRESET'])
    expect(failures()).toEqual(['session-ended', 'session-ended'])
    expect([connections.count, connections.traffic]).toEqual([0, { bytesUp: 0, bytesDown: 0 }])
  })
})

it('the use of a session begins with it, and stays to be asked for after the end of the forward', async () => {
  const use = async (text: string): Promise<void> => {
    const session = carrier()
    connections.carryBy(session)
    const socket = await program()
    socket.write(text)
    await until(() => session.far.some((far) => textOf(far) === text))
  }
  await use('first')
  expect(connections.usage).toEqual({ connectionsUsed: 1, bytesUp: 5, bytesDown: 0 })
  connections.reset()
  expect(connections.usage).toEqual({ connectionsUsed: 0, bytesUp: 0, bytesDown: 0 })
  await use('second session')
  connections.end()
  expect(connections.usage).toEqual({ connectionsUsed: 1, bytesUp: 14, bytesDown: 0 })
})
