// What the tests of connections share: a listener of ours, programs that connect to it, and far ends that a test holds.

import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, beforeEach } from 'vitest'
import type { TunnelEvent } from '../../../shared/model/forward'
import { ConnectionBudget } from './budgets'
import { Connections, type Carrier } from './connections'
import { listen, type Listener } from './listener'

const HOUR_MS = 3_600_000

/** The listener of this test. */
export let listener: Listener

/** The connections of this test. */
export let connections: Connections

/** The events of this test. */
export let events: TunnelEvent[]

/** Sockets that the listener has accepted. */
export let accepted: Socket[]

/** Programs that have connected. */
export let programs: Socket[]
let watchers: Set<() => void>

/** How many connections there may be. */
let max: number | undefined

/** How long a connection is held. */
let holdMs: number

/** Resolves as soon as `look` is true; looked at whenever something happens here. */
export function until(look: () => boolean): Promise<void> {
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

/** A program that has connected and was taken or refused. */
export async function program(): Promise<Socket> {
  const before = accepted.length
  const socket = connect({ host: '127.0.0.1', port: listener.port, allowHalfOpen: true })
  socket.on('error', () => undefined)
  programs.push(socket)
  await until(() => accepted.length > before)
  return socket
}

/** How a program's connection ends: what it reads, then "end" or the error's code. */
export function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    socket.once('end', () => resolve('end'))
    socket.resume()
  })
}

/** A carrier whose streams keep what programs wrote; each takes a chunk only when `take` lets it. */
export function carrier(take: (done: () => void) => void = (done) => done()): Carrier & { readonly far: Far[] } {
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

/** The far end of a stream. */
export interface Far {
  readonly stream: Duplex
  readonly written: readonly Buffer[]
}

/** Returns what has arrived at a far end. */
export const textOf = ({ written }: Far): string => Buffer.concat(written).toString()

/** The codes of the connections that have failed. */
export const failures = (): string[] =>
  events.flatMap((event) => (event.kind === 'connection-failed' ? [event.error.code] : []))

/** Replaces `max`. */
export function setMax(next: number | undefined): void {
  max = next
}

/** Replaces `holdMs`. */
export function setHoldMs(next: number): void {
  holdMs = next
}

/** Opens a listener before each test; call it at the top of a test file. */
export function stageConnections(): void {
  beforeEach(() => begin())
  afterEach(async () => {
    connections.end()
    for (const program of programs) program.destroy()
    await listener[Symbol.asyncDispose]()
  })
}
