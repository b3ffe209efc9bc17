// Peers that end, close or hang at the worst moment: no tunnel is lost, no session is left, and none is ended twice.

import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ConnectionBudget } from '../electron/core/tunnels/budgets'
import { listen } from '../electron/core/tunnels/listener'
import type { ResumeProgress } from '../electron/core/sessions/parts'
import { openShell } from '../electron/core/sessions/shell'
import { defaultTiming, type Timing } from '../electron/core/sessions/timing'
import { startTunnel } from '../electron/core/tunnels/tunnel'
import type { Tunnel, TunnelOptions } from '../electron/core/tunnels/parts'
import { ReceiveBudget } from '../electron/ssm/port/budget'
import { AppError } from '../shared/errors'
import type { TunnelState } from '../shared/model/forward'
import { channelClosed, portReady, startGateway, type Gateway, type GatewayOptions } from './kit/gateway'
import { acknowledgement, output } from './kit/naive'

const never = new AbortController().signal
const quick: Timing = { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50 }

let gateway: Gateway
const tunnels: Tunnel[] = []
const clients: Socket[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await Promise.all(tunnels.splice(0).map((tunnel) => tunnel[Symbol.asyncDispose]()))
  await gateway[Symbol.asyncDispose]()
})

/** An event that a test waits for, and the function that reports it. */
function event<T = void>(): { readonly come: Promise<T>; readonly tell: (value: T) => void } {
  let tell: (value: T) => void = () => undefined
  const come = new Promise<T>((resolve) => {
    tell = resolve
  })
  return { come, tell }
}

async function begin(options: GatewayOptions): Promise<void> {
  gateway = await startGateway(options)
}

/** A tunnel on the gateway. `reached` resolves at the next matching state. */
function start(more: Partial<TunnelOptions> = {}) {
  const states: TunnelState[] = []
  const watchers: { readonly isMeant: (state: TunnelState) => boolean; readonly tell: (state: TunnelState) => void }[] =
    []
  const tunnel = startTunnel({
    service: gateway.service,
    budget: new ReceiveBudget(),
    connectionBudget: new ConnectionBudget(undefined),
    wakeables: new Set(),
    timing: quick,
    target: 'i-0123456789abcdef0',
    remotePort: 7,
    onEvent: () => undefined,
    ...more,
    onState: (state) => {
      states.push(state)
      for (const { isMeant, tell } of watchers) if (isMeant(state)) tell(state)
    },
  })
  tunnels.push(tunnel)
  return {
    tunnel,
    states,
    reached: (isMeant: (state: TunnelState) => boolean) =>
      new Promise<TunnelState>((resolve) => watchers.push({ isMeant, tell: resolve })),
  }
}

const isUp = ({ kind }: TunnelState): boolean => kind === 'up'

/** Whether the tunnel is waiting for its next attempt. */
const isPausing = (state: TunnelState): boolean => 'retryAt' in state && state.retryAt !== undefined

function client(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  clients.push(socket)
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

describe('a session that ends in the same read as its handshake', () => {
  it('costs its tunnel an attempt and not its life, and a connection that is held goes to the next one', async () => {
    const isHeld = event()
    const opened = event<Buffer>()
    await begin({
      startSession: (ticket) => isHeld.come.then(() => ticket),
      onOpen: (socket) => {
        if (socket.sessionId === 'session-1') socket.send(...portReady, channelClosed('gone as it came'))
        else {
          socket.send(...portReady)
          // After the handshake's response comes the SYN of the held connection.
          void socket
            .input()
            .then(() => socket.input())
            .then(({ payload }) => opened.tell(payload))
        }
      },
    })
    const port = event<number>()
    const { states, reached } = start({ onListening: port.tell })
    const held = await client(await port.come)
    const up = reached(isUp)
    isHeld.tell()
    expect(await up).toMatchObject({ sessionId: 'session-2' })
    expect([...(await opened.come).subarray(0, 2)]).toEqual([1, 0])
    expect(held.destroyed).toBe(false)
    const causes = states.flatMap((state) => ('cause' in state ? [state.cause.message] : []))
    expect(causes.join()).toContain('gone as it came')
    expect(gateway.started).toEqual(['session-1', 'session-2'])
    expect(gateway.terminated).toEqual(['session-1'])
  })

  it('is terminated exactly once where it was a shell', async () => {
    const terminated = event<string>()
    await begin({
      onTerminate: terminated.tell,
      onOpen: (socket) => socket.send(output(0, 'a last word'), channelClosed('')),
    })
    const shell = await openShell({
      service: gateway.service,
      budget: new ReceiveBudget(),
      wakeables: new Set(),
      timing: quick,
      target: 'i-0123456789abcdef0',
      signal: never,
    })
    expect(await shell.ended).toEqual({ text: '', exitCode: undefined })
    await terminated.come
    await shell[Symbol.asyncDispose]()
    expect(gateway.terminated).toEqual(['session-1'])
  })
})

describe('a session is terminated exactly once', () => {
  it('when its shell is disposed of, although its end is told on the way', async () => {
    await begin({ onOpen: (socket) => socket.send(output(0, '$ ')) })
    const shell = await openShell({
      service: gateway.service,
      budget: new ReceiveBudget(),
      wakeables: new Set(),
      timing: quick,
      target: 'i-0123456789abcdef0',
      signal: never,
    })
    await Promise.all([shell[Symbol.asyncDispose](), shell[Symbol.asyncDispose]()])
    expect(gateway.terminated).toEqual(['session-1'])
  })

  it('when its tunnel is told to end in the very moment in which it opened', async () => {
    const disposed = event()
    await begin({
      onOpen: (socket) => socket.send(...portReady),
      onReady: () => void tunnel[Symbol.asyncDispose]().then(disposed.tell),
    })
    const { tunnel } = start()
    await disposed.come
    expect(gateway.terminated).toEqual(['session-1'])
  })

  it('when the service has ended it under a running tunnel', async () => {
    const sockets: { close: () => void }[] = []
    await begin({
      onOpen: (socket) => {
        socket.send(...portReady)
        sockets.push({ close: () => socket.send(channelClosed('ended by somebody')) })
      },
    })
    const { reached } = start()
    await reached(isUp)
    const again = reached(isUp)
    sockets[0]?.close()
    expect(await again).toMatchObject({ sessionId: 'session-2' })
    expect(gateway.terminated).toEqual(['session-1'])
  })
})

describe('a peer that answers once and hangs up after each resume', () => {
  interface Told extends ResumeProgress {
    readonly at: number
  }

  /** A shell on such a peer; resolves with the reports up to attempt `count`. */
  async function flap(timing: Timing, count: number): Promise<readonly Told[]> {
    const told: Told[] = []
    const enough = event()
    await begin({
      onOpen: (socket) => {
        socket.send(output(0, '$ '))
        socket.close()
      },
    })
    const shell = await openShell({
      service: gateway.service,
      budget: new ReceiveBudget(),
      wakeables: new Set(),
      timing,
      target: 'i-0123456789abcdef0',
      signal: never,
      onResuming: (progress) => {
        if (progress === undefined) return
        told.push({ ...progress, at: Date.now() })
        if (told.filter(({ retryAt }) => retryAt === undefined).length === count) enough.tell()
      },
    })
    await enough.come
    await shell[Symbol.asyncDispose]()
    return told
  }

  it('is called with growing pauses, counted attempts and one beginning of the outage', async () => {
    const timing = { ...defaultTiming, firstRetryMs: 10, maxRetryMs: 320, steadyMs: 10_000 }
    const told = await flap(timing, 6)
    const attempts = told.filter(({ retryAt }) => retryAt === undefined)
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6])
    expect(new Set(told.map(({ sinceAt }) => sinceAt)).size).toBe(1)
    const pauses = told.flatMap(({ retryAt, at }) => (retryAt === undefined ? [] : [retryAt - at]))
    // At least half of 10, 20, 40, …; up to a millisecond may pass before the report.
    expect(pauses.every((pause, index) => pause >= 5 * 2 ** index - 2)).toBe(true)
    expect(pauses).toHaveLength(5)
  })

  it('is resumed at once where each socket has lived long enough to end its outage', async () => {
    const told = await flap({ ...defaultTiming, firstRetryMs: 60_000, maxRetryMs: 60_000, steadyMs: 0 }, 5)
    expect(told.map(({ attempt, retryAt }) => [attempt, retryAt])).toEqual(
      Array.from({ length: 5 }, () => [1, undefined]),
    )
  })
})

describe('one session that is back', () => {
  it('wakes the others that wait for the network, and not those whose peer hangs up on them', async () => {
    const sockets = new Map<string, { close: () => void }>()
    await begin({
      onOpen: (socket) => {
        sockets.set(socket.sessionId, socket)
        socket.send(...(socket.index === 0 ? portReady : [acknowledgement(0)]))
        if (socket.sessionId === 'session-3' && socket.index > 0) socket.close()
      },
      resumeSession: (ticket, count) =>
        ticket.sessionId === 'session-2' && count === 1
          ? Promise.reject(new AppError('network', 'The host could not be found: check the network.'))
          : Promise.resolve(ticket),
    })
    const wakeables: TunnelOptions['wakeables'] = new Set()
    // No pause ends by itself during this test.
    const timing = { ...defaultTiming, firstRetryMs: 600_000, maxRetryMs: 600_000, pollMs: 600_000 }
    const events: string[] = []
    const back = event()
    const open = async (name: string) => {
      const started = start({
        wakeables,
        timing,
        onEvent: ({ kind }) => {
          events.push(`${name} ${kind}`)
          if (`${name} ${kind}` === 'second resumed') back.tell()
        },
      })
      await started.reached(isUp)
      return started
    }
    await open('first')
    const second = await open('second')
    const third = await open('third')

    for (const [tunnel, id] of [
      [third, 'session-3'],
      [second, 'session-2'],
    ] as const) {
      const pauses = tunnel.reached(isPausing)
      sockets.get(id)?.close()
      await pauses
    }
    expect(gateway.resumed).toEqual(['session-3', 'session-2'])

    sockets.get('session-1')?.close()
    await back.come
    expect(events.filter((each) => each.endsWith('resumed'))).toEqual([
      'third resumed',
      'first resumed',
      'second resumed',
    ])
    expect(gateway.resumed).toEqual(['session-3', 'session-2', 'session-1', 'session-2'])
  })
})

describe('a tunnel whose StartSession hangs', () => {
  it('gives its port free at once, and ends behind it the session that comes late', async () => {
    const asked = event()
    const answer = event()
    await begin({
      startSession: (ticket) => {
        asked.tell()
        return answer.come.then(() => ticket)
      },
      onOpen: (socket) => socket.send(...portReady),
    })
    const port = event<number>()
    const { tunnel } = start({ onListening: port.tell })
    const bound = await port.come
    await asked.come
    await tunnel.release()
    const again = await listen({ port: bound, onConnection: (socket) => socket.destroy() })
    await again[Symbol.asyncDispose]()
    expect(gateway.terminated).toEqual([])
    answer.tell()
    await tunnel[Symbol.asyncDispose]()
    expect(gateway.terminated).toEqual(['session-1'])
  })
})
