// The connections of a forward over real sockets: a listener of ours, programs that connect to it, and far ends that a test holds.

import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { TunnelEvent } from '../../../shared/model/forward'
import { seededRandom } from '../../../e2e/kit/random'
import { ConnectionBudget } from './budgets'
import { Connections, type Carrier } from './connections'
import { listen, type Listener } from './listener'

const HOUR_MS = 3_600_000

let listener: Listener
let connections: Connections
let events: TunnelEvent[]
let accepted: Socket[]
let programs: Socket[]
let watchers: Set<() => void>
let max: number | undefined
let holdMs: number

/** Resolves as soon as `look` is true; looked at whenever something happens here. */
function until(look: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!look()) return
      watchers.delete(check)
      resolve()
    }
    watchers.add(check)
    check()
  })
}

function happened(): void {
  for (const check of watchers) check()
}

async function begin(budget: ConnectionBudget = new ConnectionBudget(undefined)): Promise<void> {
  // What an earlier test still hears of goes into its own list.
  const told: TunnelEvent[] = []
  const taken: Socket[] = []
  events = told
  accepted = taken
  programs = []
  watchers = new Set()
  max = undefined
  holdMs = HOUR_MS
  connections = new Connections({
    onEvent: (event) => {
      told.push(event)
      happened()
    },
    holdMs: () => holdMs,
    max: () => max,
    budget,
  })
  listener = await listen({
    port: 0,
    onConnection: (socket) => {
      taken.push(socket)
      socket.on('close', happened)
      connections.accept(socket)
      happened()
    },
  })
}

beforeEach(() => begin())
afterEach(async () => {
  connections.end()
  for (const program of programs) program.destroy()
  await listener[Symbol.asyncDispose]()
})

/** A program that has connected and was taken or refused. */
async function program(): Promise<Socket> {
  const before = accepted.length
  const socket = connect({ host: '127.0.0.1', port: listener.port, allowHalfOpen: true })
  socket.on('error', () => undefined)
  programs.push(socket)
  await until(() => accepted.length > before)
  return socket
}

/** How a program's connection ends: what it reads, then "end" or the error's code. */
function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    socket.once('end', () => resolve('end'))
    socket.resume()
  })
}

/** A carrier whose streams keep what programs wrote; each takes a chunk only when `take` lets it. */
function carrier(take: (done: () => void) => void = (done) => done()): Carrier & { readonly far: Far[] } {
  const far: Far[] = []
  return {
    halfCloseLingerMs: 0,
    far,
    open: () => {
      const written: Buffer[] = []
      const stream = new Duplex({
        allowHalfOpen: true,
        read: () => undefined,
        write: (chunk: Buffer, _encoding, done) => {
          written.push(Buffer.from(chunk))
          happened()
          take(() => done())
        },
        final(done) {
          this.push(null)
          done()
        },
      })
      far.push({ stream, written })
      return stream
    },
  }
}

interface Far {
  readonly stream: Duplex
  readonly written: readonly Buffer[]
}

const textOf = ({ written }: Far): string => Buffer.concat(written).toString()
const failures = (): string[] =>
  events.flatMap((event) => (event.kind === 'connection-failed' ? [event.error.code] : []))

describe('a held connection', () => {
  for (const [how, leave] of [
    ['closes it', (socket: Socket) => socket.destroy()],
    ['has sent its request and closes it', (socket: Socket) => socket.end('a request')],
    ['resets it', (socket: Socket) => socket.resetAndDestroy()],
    ['has sent its request and resets it', (socket: Socket) => socket.write('x', () => socket.resetAndDestroy())],
  ] as const) {
    it(`whose program ${how} is told, gives its place free, and never reaches the destination`, async () => {
      max = 1
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
    holdMs = 0
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
    max = 2
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
