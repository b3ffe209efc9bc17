// The connections of a forward over real sockets: a listener of ours, programs that connect to it, and far ends that a test holds.

import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../e2e/kit/random'
import {
  accepted,
  carrier,
  connections,
  endOf,
  events,
  failures,
  listener,
  program,
  programs,
  setHoldMs,
  setMax,
  stageConnections,
  textOf,
  until,
} from './connections.kit'

stageConnections()

describe('a held connection', () => {
  for (const [how, leave] of [
    ['closes it', (socket: Socket) => socket.destroy()],
    ['has sent its request and closes it', (socket: Socket) => socket.end('a request')],
    ['resets it', (socket: Socket) => socket.resetAndDestroy()],
    ['has sent its request and resets it', (socket: Socket) => socket.write('x', () => socket.resetAndDestroy())],
  ] as const) {
    it(`whose program ${how} is told, gives its place free, and never reaches the destination`, async () => {
      setMax(1)
      const first = await program()
      leave(first)
      await until(() => events.length > 0)
      expect(events).toEqual([
        {
          kind: 'connection-failed',
          connectionId: 1,
          error: { code: 'tunnel-down', message: expect.stringMatching(/closed by its program .* nothing of it/i) },
        },
      ])
      const retry = await program()
      retry.write('retry')
      const session = carrier()
      connections.carryBy(session)
      await until(() => session.far.some((far) => textOf(far) === 'retry'))
      expect(session.far).toHaveLength(1)
      expect(connections.count).toBe(1)
      expect(events.slice(1).map(({ kind }) => kind)).toEqual(['connection-opened'])
    })
  }

  it('whose program closes its own half only is refused with a reset: it shall not wait for an answer', async () => {
    const half = await program()
    const ended = endOf(half)
    half.end('a request')
    expect(await ended).toBe('ECONNRESET')
    expect(failures()).toEqual(['tunnel-down'])
  })

  it('that was reset before its session came is told once and not opened', async () => {
    const gone = await program()
    gone.resetAndDestroy()
    await until(() => accepted[0]?.destroyed === true || events.length > 0)
    const session = carrier()
    connections.carryBy(session)
    await until(() => accepted[0]?.closed === true)
    expect(session.far).toEqual([])
    expect(failures()).toEqual(['tunnel-down'])
  })

  it('that waits too long is told once, and its own end no more', async () => {
    setHoldMs(0)
    const socket = connect({ host: '127.0.0.1', port: listener.port })
    programs.push(socket)
    expect(await endOf(socket)).toBe('ECONNRESET')
    await until(() => accepted[0]?.closed === true)
    expect(failures()).toEqual(['tunnel-down'])
  })

  it('is not told of when its forward ends', async () => {
    const socket = await program()
    const ended = endOf(socket)
    connections.end()
    expect(await ended).toBe('ECONNRESET')
    await until(() => accepted[0]?.closed === true)
    expect(events).toEqual([])
  })

  it('is read no further than some 64 KiB, however much its program sends', async () => {
    const socket = await program()
    const flood = (): void => {
      while (socket.write(Buffer.alloc(64 * 1_024, 7)));
    }
    socket.on('drain', flood)
    flood()
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    const [taken] = accepted
    while (taken!.bytesRead < 64 * 1_024) await turn()
    for (let turns = 0; turns < 200; turns += 1) await turn()
    expect(taken!.bytesRead).toBeLessThanOrEqual(4 * 64 * 1_024)
  })

  it('delivers what was sent before and during the holding once, whole and in order, whenever it is carried', async () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const next = seededRandom(seed)
      const chunks = Array.from({ length: 1 + Math.floor(next() * 12) }, () =>
        Buffer.from(Array.from({ length: 1 + Math.floor(next() ** 3 * 60_000) }, () => Math.floor(next() * 256))),
      )
      const carriedAfter = Math.floor(next() * (chunks.length + 1))
      // A far end that takes at once, or a turn of the loop later.
      const session = carrier((done) => (next() < 0.5 ? done() : setImmediate(done)))
      const socket = await program()
      const sent = Buffer.concat(chunks)
      for (const [index, chunk] of chunks.entries()) {
        if (index === carriedAfter) connections.carryBy(session)
        if (next() < 0.5) await new Promise<void>((resolve) => socket.write(chunk, () => resolve()))
        else socket.write(chunk)
        if (next() < 0.3) await new Promise((resolve) => setImmediate(resolve))
      }
      if (carriedAfter === chunks.length) connections.carryBy(session)
      await until(() => session.far.length === 1)
      const [far] = session.far
      await until(() => Buffer.concat(far!.written).length >= sent.length)
      expect(Buffer.concat(far!.written).equals(sent), `seed ${seed}`).toBe(true)
      socket.end()
      await until(() => events.at(-1)?.kind === 'connection-closed')
      expect(events.at(-1), `seed ${seed}`).toMatchObject({ bytesUp: sent.length })
      connections.hold()
    }
    expect(failures()).toEqual([])
    expect(connections.count).toBe(0)
  })
})
