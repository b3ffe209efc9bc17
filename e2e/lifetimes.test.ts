// Lifetimes of sessions and forwards: the account's limits, which are shown before they are reached and named afterwards, and
// a forward's own limit. Minutes are compressed.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defaultTiming, type Timing } from '../electron/core/sessions/timing'
import type { Tunnel } from '../electron/core/tunnels/parts'
import type { SimulatorOptions } from '../electron/simulator/simulator'
import type { Forward, TimeLeft, TunnelEvent } from '../shared/model/forward'
import { makePlace, type Place, type Window } from './kit/core'
import { openStage, type Stage } from './kit/environment'

/** This port of the instance is an echo server. */
const ECHO = 7
const HOUR_MS = 3_600_000
/**
 * A minute of the service. Every limit below is 12 minutes: the steps before a limit take a few ms, or as many seconds on a
 * busy machine.
 */
const MINUTE_MS = 400
/** The service's clock and ours are read at the two ends of a socket, which may take long; a wrong limit differs by more. */
const SLACK_MS = 5 * MINUTE_MS

const timing = (minuteMs: number): Timing => ({
  ...defaultTiming,
  firstRetryMs: 20,
  maxRetryMs: 100,
  pollMs: 50,
  minuteMs,
})

async function open(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  return socket
}

async function echo(socket: Socket, text: string): Promise<string> {
  const heard = once(socket, 'data')
  socket.write(text)
  return String((await heard)[0])
}

function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve(String(error)))
    socket.once('end', () => resolve('end'))
  })
}

describe('an account’s limit', () => {
  let stage: Stage
  const tunnels: Tunnel[] = []

  async function begin(minuteMs: number, options: SimulatorOptions): Promise<string> {
    stage = await openStage({ clock: { minuteMs }, ...options }, timing(minuteMs))
    return stage.simulator.world.instances.find((each) => each.tags['Name'] === 'web-2')!.id
  }

  afterEach(async () => {
    await Promise.all(tunnels.splice(0).map((tunnel) => tunnel[Symbol.asyncDispose]()))
    await vi.waitFor(() => expect(stage.active()).toEqual([]))
    await stage.close()
  })

  /** A tunnel that is up, its next restart, and the time when that session had ended. */
  async function up(target: string) {
    let tellRestart: (event: Extract<TunnelEvent, { kind: 'restarted' }>) => void = () => undefined
    let overAt = 0
    let timeLeft: TimeLeft = {}
    const restarted = new Promise<Extract<TunnelEvent, { kind: 'restarted' }>>((resolve) => {
      tellRestart = resolve
    })
    const tunnel = await stage.environment.openTunnel({
      target,
      remotePort: ECHO,
      signal: AbortSignal.timeout(HOUR_MS),
      onState: (state) => {
        if (state.kind === 'reconnecting' && overAt === 0) overAt = Date.now()
        if (state.kind !== 'up') return
        const { kind: _kind, sinceAt: _sinceAt, sessionId: _sessionId, ...left } = state
        timeLeft = left
      },
      onEvent: (event) => {
        if (event.kind === 'restarted') tellRestart(event)
      },
    })
    tunnels.push(tunnel)
    return { tunnel, restarted, overAt: () => overAt, timeLeft: () => timeLeft }
  }

  it('of idleness is forecast, also with a silent connection open, and named; the tunnel goes on', async () => {
    const target = await begin(MINUTE_MS, { idleMinutes: 12 })
    const { tunnel, restarted, overAt, timeLeft } = await up(target)
    const silent = await open(tunnel.port)
    expect(await echo(silent, 'once')).toBe('once')
    const lost = endOf(silent)
    const idleEndsAt = await vi.waitFor(() => {
      expect(timeLeft()).toEqual({ idleEndsAt: expect.any(Number) })
      return timeLeft().idleEndsAt!
    })
    expect(await restarted).toMatchObject({
      connectionsLost: 1,
      cause: {
        code: 'idle-timeout',
        message: "Idle for 12 minutes, the account's limit. A new session can be opened at once.",
      },
    })
    expect(await lost).toContain('ECONNRESET')
    expect(overAt()).toBeGreaterThan(idleEndsAt - SLACK_MS)
    // The new session's time starts again: its idle end, if known yet, is later.
    expect(timeLeft().idleEndsAt ?? Infinity).toBeGreaterThan(idleEndsAt)
    const next = await open(tunnel.port)
    expect(await echo(next, 'again')).toBe('again')
    next.destroy()
  })

  it('of a session’s time is forecast from its start, whatever passes, and named', async () => {
    const target = await begin(MINUTE_MS, { maxMinutes: 12 })
    const startedAt = Date.now()
    const { restarted, overAt, timeLeft } = await up(target)
    const endsAt = await vi.waitFor(() => {
      expect(timeLeft().endsAt).toBeDefined()
      return timeLeft().endsAt!
    })
    expect(endsAt).toBeGreaterThanOrEqual(startedAt + 12 * MINUTE_MS)
    expect(await restarted).toMatchObject({
      cause: { code: 'max-duration', message: expect.stringContaining("the account's limit of 12 min") },
    })
    expect(overAt()).toBeGreaterThan(endsAt - SLACK_MS)
  })

  it('that may not be read is taken for the default and claimed by nobody; nothing waits for it', async () => {
    const target = await begin(MINUTE_MS, { idleMinutes: 12 })
    const asked = stage.simulator.delayNext('GetDocument', 300)
    const { tunnel, restarted, timeLeft } = await up(target)
    // The tunnel is up before the account's limits were answered.
    expect(timeLeft()).toEqual({})
    await asked
    expect(await restarted).toMatchObject({
      cause: { code: 'idle-timeout', message: expect.stringMatching(/^Idle for 12 minutes/) },
    })
    await tunnel[Symbol.asyncDispose]()
    await stage.close()

    const again = await begin(MINUTE_MS, { idleMinutes: 12 })
    stage.simulator.failNext('GetDocument', { code: 'AccessDeniedException' })
    const startedAt = Date.now()
    const denied = await up(again)
    const idleEndsAt = await vi.waitFor(() => {
      expect(denied.timeLeft().idleEndsAt).toBeDefined()
      return denied.timeLeft().idleEndsAt!
    })
    expect(idleEndsAt).toBeGreaterThanOrEqual(startedAt + 20 * MINUTE_MS)
    expect(await denied.restarted).toMatchObject({
      cause: { code: 'idle-timeout', message: expect.stringMatching(/^Idle for too long/) },
    })
  })

  it('is not what ended a session that somebody ended', async () => {
    const target = await begin(60_000, {})
    const { tunnel, restarted } = await up(target)
    const { sessionId } = tunnel
    await stage.environment.endSession(sessionId, AbortSignal.timeout(HOUR_MS))
    expect(await restarted).toMatchObject({ cause: { code: 'session-terminated' } })
    expect(tunnel.sessionId).not.toBe(sessionId)
  })
})

describe('in a window', () => {
  let place: Place
  let window: Window

  async function begin(minuteMs: number, options: SimulatorOptions = {}): Promise<void> {
    place = await makePlace({ clock: { minuteMs }, ...options }, timing(minuteMs))
    window = await place.open()
  }

  afterEach(async () => {
    await window[Symbol.asyncDispose]()
    expect(place.active()).toEqual([])
    await place.close()
  })

  type Fields = Omit<Forward, 'id' | 'environment'>

  async function fields(change: Partial<Fields> = {}): Promise<Fields> {
    const instanceId = await window.instance('web-2')
    const target = { kind: 'id', instanceId } as const
    return { name: 'echo', target, remotePort: ECHO, startAtLaunch: false, ...change }
  }

  async function start(change: Partial<Fields>): Promise<string> {
    const { forwardId } = await window.ask('forward.create', await fields(change))
    await window.ask('forward.start', { forwardId })
    await window.reach(forwardId, 'up')
    return forwardId
  }

  it('the time left is part of the state, and a shell that idled out says so', async () => {
    await begin(MINUTE_MS, { idleMinutes: 12, maxMinutes: 600 })
    const forwardId = await start({})
    const instanceId = await window.instance('web-2')
    const { terminalId } = await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
    const forecasts = await window.until(({ terminals }) => {
      const { state } = window.forward(forwardId)
      const shell = terminals.find(({ id }) => id === terminalId)?.state
      if (state.kind !== 'up' || shell?.kind !== 'open') return undefined
      return state.idleEndsAt !== undefined && shell.idleEndsAt !== undefined && [state, shell]
    })
    for (const { endsAt, idleEndsAt } of forecasts) expect(endsAt! - idleEndsAt!).toBeGreaterThan(500 * MINUTE_MS)
    const ended = await window.until(({ terminals }) => {
      const state = terminals.find(({ id }) => id === terminalId)?.state
      return state?.kind === 'ended' && state
    })
    const text = "Idle for 12 minutes, the account's limit. A new session can be opened at once."
    expect(ended).toEqual({ kind: 'ended', at: expect.any(Number), text })
    await vi.waitFor(() =>
      expect(window.journal.filter(({ subject }) => subject.kind === 'terminal')).toMatchObject([
        { tone: 'idle', text: `ended its shell. ${text}` },
      ]),
    )
  })

  it('a forward with a limit of its own is turned off by it, says so, and can be turned on anew', async () => {
    await begin(MINUTE_MS)
    const startedAt = Date.now()
    const forwardId = await start({ expiresAfterMinutes: 12 })
    const { expiresAt, localPort } = window.forward(forwardId)
    expect(expiresAt).toBeGreaterThanOrEqual(startedAt + 12 * MINUTE_MS)
    const socket = await open(localPort)
    expect(await echo(socket, 'in time')).toBe('in time')
    const lost = endOf(socket)
    await window.reach(forwardId, 'off')
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt!)
    const { isOn, endedBy, ...view } = window.forward(forwardId)
    expect([isOn, endedBy?.code, view.expiresAt]).toEqual([false, 'forward-expired', undefined])
    expect(endedBy?.message).toContain('after 12 min')
    expect(await lost).toContain('ECONNRESET')
    expect(await endOf(connect({ host: '127.0.0.1', port: localPort }))).toContain('ECONNREFUSED')
    await vi.waitFor(() =>
      expect(window.journal.at(-1)).toMatchObject({
        text: 'reached its own limit and was turned off.',
        error: { code: 'forward-expired' },
      }),
    )
    await window.ask('forward.start', { forwardId })
    await window.reach(forwardId, 'up')
    const again = window.forward(forwardId)
    expect([again.endedBy, again.expiresAt! > expiresAt!]).toEqual([undefined, true])
    // Without the limit it stays on, and no trace of the limit is left.
    await window.ask('forward.update', { forwardId, ...(await fields({ localPort })) })
    expect([window.forward(forwardId).expiresAt, window.forward(forwardId).state.kind]).toEqual([undefined, 'up'])
  })

  it('a forward takes as many connections as it was set to, and its limit can be raised while it is up', async () => {
    await begin(60_000)
    const forwardId = await start({ maxConnections: 1 })
    const { localPort, state } = window.forward(forwardId)
    const first = await open(localPort)
    expect(await echo(first, 'first')).toBe('first')
    expect(await endOf(connect({ host: '127.0.0.1', port: localPort }))).toContain('ECONNRESET')
    const { error } = await window.until(() => window.forward(forwardId).lastError)
    expect(error).toEqual({
      code: 'connection-limit',
      message: expect.stringMatching(/^The forward takes 1 connection at a time/),
    })
    expect(await echo(first, 'still here')).toBe('still here')
    await window.ask('forward.update', { forwardId, ...(await fields({ localPort, maxConnections: 2 })) })
    const second = await open(localPort)
    expect(await echo(second, 'second')).toBe('second')
    expect(window.forward(forwardId).state).toMatchObject(state.kind === 'up' ? { sessionId: state.sessionId } : {})
    // A connection that has sent its end waits for an answer, and does not count against the limit.
    first.end()
    const third = await vi.waitFor(async () => {
      const socket = await open(localPort)
      try {
        expect(await echo(socket, 'third')).toBe('third')
        return socket
      } catch (error) {
        socket.destroy()
        throw error
      }
    })
    expect(await endOf(connect({ host: '127.0.0.1', port: localPort }))).toContain('ECONNRESET')
    first.destroy()
    second.destroy()
    third.destroy()
  })

  it('limits are kept on disk, and no others than those that make sense', async () => {
    await begin(60_000)
    const { forwardId } = await window.ask(
      'forward.create',
      await fields({ expiresAfterMinutes: 90, maxConnections: 3 }),
    )
    for (const wrong of [{ expiresAfterMinutes: 0 }, { expiresAfterMinutes: 10_081 }, { maxConnections: 0 }]) {
      const refused = window.ask('forward.update', { forwardId, ...(await fields(wrong)) })
      await expect(refused).rejects.toMatchObject({ code: 'usage' })
    }
    await window[Symbol.asyncDispose]()
    window = await place.open()
    expect(window.forward(forwardId).forward).toMatchObject({ expiresAfterMinutes: 90, maxConnections: 3 })
  })
})
