// How long things live: by the account's limits, which are told before they are reached and named when they are, and by a
// forward's own. Minutes are compressed.

import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Tunnel } from '../electron/core/tunnels/parts'
import type { SimulatorOptions } from '../electron/simulator/simulator'
import type { Forecast } from '../shared/model/forecast'
import type { TunnelEvent } from '../shared/model/forward'
import { openStage, type Stage } from './kit/aws/environment'
import { echo, ECHO, endOf, MINUTE_MS, open, timing } from './kit/stages/lifetimes'

const HOUR_MS = 3_600_000

/** The service's clock and ours are read at two ends of a socket, which may be far apart; a wrong limit is further off. */
const SLACK_MS = 5 * MINUTE_MS

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

  /** A tunnel that is up, its next restart, and when that session was over. */
  async function up(target: string) {
    let tellRestart: (event: Extract<TunnelEvent, { kind: 'restarted' }>) => void = () => undefined
    let overAt = 0
    let timeLeft: Forecast = {}
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
        const { kind: _kind, sinceAt: _sinceAt, sessionId: _sessionId, recycleAt: _recycleAt, ...left } = state
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
    // The new session's time starts anew: what is known of it, if anything yet, is later.
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
    // It is up before anybody has an answer.
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
