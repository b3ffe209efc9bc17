// Peers that hang up after each resume: the pauses grow, and sessions that wait for the network are woken.

import { describe, expect, it } from 'vitest'
import type { ResumeProgress } from '../electron/core/sessions/parts'
import { openShell } from '../electron/core/sessions/shell'
import { defaultTiming, type Timing } from '../electron/core/sessions/timing'
import type { TunnelOptions } from '../electron/core/tunnels/parts'
import { ReceiveBudget } from '../electron/ssm/port/budget'
import { AppError } from '../shared/errors'
import type { TunnelState } from '../shared/model/forward'
import { portReady } from './kit/wire/gateway'
import { acknowledgement, output } from './kit/wire/naive'
import { begin, event, gateway, isUp, never, start, stageGateway } from './kit/stages/endings'
import { ResumePermission } from '../electron/core/sessions/resume/permission'

stageGateway()

/** Whether it waits for its next attempt. */
const isPausing = (state: TunnelState): boolean => 'retryAt' in state && state.retryAt !== undefined

describe('a peer that answers once and hangs up after each resume', () => {
  interface Told extends ResumeProgress {
    readonly at: number
  }

  /** A shell on such a peer; resolves with what was told until attempt `count` was. */
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
      permission: new ResumePermission(),
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
    // Half of 10, 20, 40, … at least; a millisecond may pass while it is told.
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
    // No pause ends by itself within this test.
    const timing = { ...defaultTiming, firstRetryMs: 600_000, maxRetryMs: 600_000, pollMs: 600_000 }
    const events: string[] = []
    const back = event()
    const open = async (name: string) => {
      const started = start({
        wakeables,
        permission: new ResumePermission(),
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
