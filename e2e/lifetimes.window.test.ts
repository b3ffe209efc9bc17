// How long things live, as a window shows it: the time left, a limit of a forward’s own, and settings of both.

import { connect } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { SimulatorOptions } from '../electron/simulator/simulator'
import type { Forward } from '../shared/model/forward'
import { makePlace, type Place, type Window } from './kit/aws/core'
import { echo, ECHO, endOf, MINUTE_MS, open, timing } from './kit/stages/lifetimes'

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
    // Without the limit it stays on; nothing of it is left.
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
    // One that has said all it had to say lingers for an answer, and keeps nobody out.
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
