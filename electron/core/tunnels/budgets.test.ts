// The budgets of a process: its limit of open files as the system tells it, and forwards that share what it allows.

import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { TunnelEvent } from '../../../shared/model/forward'
import { ConnectionBudget, processBudgets } from './budgets'
import { Connections } from './connections'
import { listen, type Listener } from './listener'

interface Forward {
  readonly connections: Connections
  readonly listener: Listener
  readonly events: TunnelEvent[]
  readonly sockets: readonly Socket[]
  /** Resolves when so many connections have come. */
  readonly accepted: (count: number) => Promise<void>
}

const forwards: Forward[] = []
let programs: Socket[]

/** A forward without a session: what it takes is held. */
async function forward(budget: ConnectionBudget): Promise<Forward> {
  const events: TunnelEvent[] = []
  const connections = new Connections({
    onEvent: (event) => events.push(event),
    holdMs: () => 3_600_000,
    max: () => undefined,
    budget,
  })
  const sockets: Socket[] = []
  const listener = await listen({
    port: 0,
    onConnection: (socket) => {
      connections.accept(socket)
      sockets.push(socket)
    },
  })
  const accepted = async (wanted: number): Promise<void> => {
    while (sockets.length < wanted) await turn()
  }
  const made = { connections, listener, events, sockets, accepted }
  forwards.push(made)
  return made
}

function program({ listener }: Forward): Socket {
  const socket = connect({ host: '127.0.0.1', port: listener.port })
  socket.on('error', () => undefined)
  programs.push(socket)
  return socket
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())))

beforeEach(() => {
  programs = []
})
afterEach(async () => {
  for (const { connections, listener } of forwards.splice(0)) {
    connections.end()
    await listener[Symbol.asyncDispose]()
  }
  for (const socket of programs) socket.destroy()
})

describe('the connections of a process', () => {
  it('are limited by its open files, all forwards together, and a closed one makes room for the next', async () => {
    const budget = new ConnectionBudget(64 + 10)
    const [one, other] = [await forward(budget), await forward(budget)]
    const first = program(one)
    for (let count = 1; count < 10; count += 1) program(count % 2 === 0 ? one : other)
    await Promise.all([one.accepted(5), other.accepted(5)])
    await closed(program(one))
    await closed(program(other))
    for (const { events } of [one, other]) {
      expect(events).toEqual([
        {
          kind: 'connection-failed',
          connectionId: 1,
          error: {
            code: 'connection-limit',
            message: expect.stringMatching(/10 local connections .* 74 open files: .*ulimit -n/),
          },
        },
      ])
    }
    // Its place is free when its forward has noticed that it left.
    first.destroy()
    await closed(one.sockets[0]!)
    expect(one.events[1]).toMatchObject({ error: { code: 'tunnel-down' } })
    program(other)
    await other.accepted(7)
    expect(other.events).toHaveLength(1)
    await closed(program(one))
    expect(one.events[2]).toMatchObject({ error: { code: 'connection-limit' } })
  })

  it('are 10,000 where the system names no limit, and some even where it is very low', async () => {
    expect(new ConnectionBudget(undefined).refusal().message).toMatch(
      /^Culvert takes 10000 local connections at a time:/,
    )
    expect(new ConnectionBudget(20).refusal().message).toMatch(/^Culvert takes 8 local .* 20 open files/)
  })
})

it('the limit of open files is read without a change to the reports of the process', () => {
  const before: unknown = Reflect.get(process.report!, 'excludeNetwork')
  const { max } = processBudgets().connections
  // Where these tests run it is far above the reserve.
  expect(max).toBeGreaterThan(100)
  expect(Reflect.get(process.report!, 'excludeNetwork')).toBe(before)
})
