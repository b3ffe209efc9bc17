// The decisions of a tunnel over real sockets: what it pushes, what it waits for, what ends it. The long journeys are e2e/tunnels.test.ts.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openStage, type Stage } from '../../../e2e/kit/aws/environment'
import type { TunnelEvent, TunnelState } from '../../../shared/model/forward'
import type { SimulatorOptions } from '../../simulator/simulator'
import { defaultTiming, type Timing } from '../sessions/timing'
import { listen } from './listener'
import type { Tunnel, TunnelOptions } from './parts'

/** What is sent to this port of the instance comes back. */
const ECHO = 7
/** A minute of the service. */
const MINUTE_MS = 200
const quick: Timing = { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50, minuteMs: MINUTE_MS }

let stage: Stage
let target: string
const tunnels: Tunnel[] = []

async function begin(options: SimulatorOptions = {}): Promise<void> {
  stage = await openStage({ clock: { minuteMs: MINUTE_MS }, ...options }, quick)
  target = stage.simulator.world.instances.find((each) => each.tags['Name'] === 'web-2')?.id ?? ''
}

afterEach(async () => {
  await Promise.all(tunnels.splice(0).map((tunnel) => tunnel[Symbol.asyncDispose]()))
  await vi.waitFor(() => expect(stage.active()).toEqual([]))
  await stage.close()
})

function start(more: Partial<TunnelOptions> = {}) {
  const states: TunnelState[] = []
  const events: TunnelEvent[] = []
  const options = {
    target,
    remotePort: ECHO,
    onState: (state: TunnelState) => states.push(state),
    onEvent: (event: TunnelEvent) => events.push(event),
    ...more,
  }
  const tunnel = stage.environment.startTunnel(options)
  tunnels.push(tunnel)
  /** Waits for a state that comes at index `from` or later. */
  const reach = (kind: TunnelState['kind'], from = 0): Promise<TunnelState> =>
    vi.waitFor(() => {
      const found = states.slice(from).find((state) => state.kind === kind)
      if (found === undefined) throw new Error(`${kind} is awaited`)
      return found
    })
  return { tunnel, states, events, reach }
}

async function client(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  return socket
}

function idleEndOf(state: TunnelState | undefined): number | undefined {
  return state?.kind === 'up' ? state.idleEndsAt : undefined
}

describe('the time left of its session', () => {
  test('is pushed when silence makes it known and when traffic takes it back; the rest of the state stays', async () => {
    await begin({ idleMinutes: 60, maxMinutes: 600 })
    const { tunnel, states } = start()
    const silent = await vi.waitFor(() => {
      expect(idleEndOf(states.at(-1))).toBeGreaterThan(0)
      return states.at(-1)
    })
    expect(silent).toMatchObject({ kind: 'up', sessionId: tunnel.sessionId, endsAt: expect.any(Number) })
    const told = states.length
    const socket = await client(tunnel.port)
    const heard = once(socket, 'data')
    socket.write('noise')
    await heard
    await vi.waitFor(() => expect(states.slice(told).some((state) => idleEndOf(state) === undefined)).toBe(true))
    const ups = states.flatMap((state) => (state.kind === 'up' ? [state] : []))
    expect(new Set(ups.map(({ sinceAt, sessionId }) => `${sinceAt} ${sessionId}`)).size).toBe(1)
    // No state says what the one before it said.
    for (const [index, up] of ups.slice(1).entries()) expect(up).not.toEqual(ups[index])
    socket.destroy()
  })

  test('is not pushed over an outage, and not after its end', async () => {
    await begin({ idleMinutes: 60 })
    const { tunnel, states, reach } = start()
    await vi.waitFor(() => expect(idleEndOf(states.at(-1))).toBeGreaterThan(0))
    for (let time = 0; time < 8; time += 1) stage.simulator.failNext('ResumeSession', { code: 'Unforeseen' })
    stage.simulator.cut(tunnel.sessionId, 'rst')
    const lostAt = states.length
    await reach('reconnecting', lostAt)
    await reach('up', lostAt)
    const outage = states.slice(lostAt)
    const back = outage.findIndex(({ kind }) => kind === 'up')
    expect(outage.slice(0, back).map(({ kind }) => kind)).not.toContain('up')
    expect(back).toBeGreaterThanOrEqual(8)
    await tunnel[Symbol.asyncDispose]()
    const { length } = states
    expect(states.at(-1)).toEqual({ kind: 'off' })
    await new Promise((resolve) => setImmediate(resolve))
    expect(states).toHaveLength(length)
  })
})

describe('the local port', () => {
  test('is waited for while another program has it, and costs no session meanwhile', async () => {
    await begin()
    const other = await listen({ port: 0, onConnection: (socket) => socket.destroy() })
    const { states, reach, tunnel } = start({ localPort: other.port })
    expect(await reach('waiting')).toMatchObject({ for: 'port', cause: { code: 'port-in-use' } })
    expect(stage.simulator.sessions()).toEqual([])
    await other[Symbol.asyncDispose]()
    await reach('up')
    expect(tunnel.port).toBe(other.port)
    expect(states.map(({ kind }) => kind).slice(-2)).toEqual(['connecting', 'up'])
  })

  test('is not waited for by a tunnel that is opened for its caller', async () => {
    await begin()
    const other = await listen({ port: 0, onConnection: (socket) => socket.destroy() })
    const states: TunnelState[] = []
    const opening = stage.environment.openTunnel({
      target,
      remotePort: ECHO,
      localPort: other.port,
      signal: new AbortController().signal,
      onState: (state) => states.push(state),
      onEvent: () => undefined,
    })
    await expect(opening).rejects.toMatchObject({ code: 'port-in-use' })
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'failed'])
    await other[Symbol.asyncDispose]()
  })

  test('is free as soon as the tunnel is released, while the session is still being ended', async () => {
    await begin()
    const { tunnel, reach } = start()
    await reach('up')
    const { port } = tunnel
    const ending = stage.simulator.delayNext('TerminateSession', 200)
    const ended = tunnel[Symbol.asyncDispose]()
    await tunnel.release()
    const next = await listen({ port, onConnection: (socket) => socket.destroy() })
    expect(stage.active()).toHaveLength(1)
    await next[Symbol.asyncDispose]()
    await Promise.all([ending, ended])
  })
})

test('what only a person can mend ends it: its state says why, and so does `ended`', async () => {
  await begin()
  stage.simulator.failNext('StartSession', { code: 'AccessDeniedException', status: 400 })
  const { tunnel, reach } = start()
  const state = await reach('failed')
  expect(state).toMatchObject({ error: { code: 'access-denied' } })
  await expect(tunnel.ended).rejects.toMatchObject({ code: 'access-denied' })
  expect(await tunnel.check()).toContainEqual(expect.objectContaining({ leg: 'service', outcome: 'failed' }))
})

test('an abort while it is opened rejects with the reason of the signal, and leaves nothing open', async () => {
  await begin()
  const abort = new AbortController()
  const reason = new Error('The user has pressed Ctrl+C.')
  const opening = stage.environment.openTunnel({
    target,
    remotePort: ECHO,
    signal: abort.signal,
    onListening: () => abort.abort(reason),
    onState: () => undefined,
    onEvent: () => undefined,
  })
  await expect(opening).rejects.toBe(reason)
})
