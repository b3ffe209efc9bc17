import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { TimeLeft, TunnelEvent, TunnelState } from '../../../shared/model/forward'
import type { Outage } from './outage'
import { Standing } from './standing'

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

const cause = new AppError('network', 'The connection was reset.')
const outage: Outage = { sinceAt: 1_000_000, cause, attempt: 2, connectionsLost: 3 }

function make() {
  const states: TunnelState[] = []
  const events: TunnelEvent[] = []
  const standing = new Standing({
    onState: (state) => states.push(state),
    onEvent: (event) => events.push(event),
    minuteMs: 60_000,
  })
  let timeLeft: TimeLeft = {}
  const session = {
    sessionId: 's',
    get timeLeft() {
      return timeLeft
    },
  }
  return { standing, states, events, session, left: (now: TimeLeft) => (timeLeft = now) }
}

test('the time left is compared every 3 s and told when it has changed, until the session ends', () => {
  const { standing, states, session, left } = make()
  standing.up(session)
  vi.advanceTimersByTime(9_000)
  expect(states).toEqual([{ kind: 'up', sinceAt: 1_000_000, sessionId: 's' }])
  left({ idleEndsAt: 2_000_000 })
  vi.advanceTimersByTime(2_999)
  expect(states).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(states[1]).toEqual({ kind: 'up', sinceAt: 1_000_000, sessionId: 's', idleEndsAt: 2_000_000 })
  // The same time in another object is no change.
  left({ idleEndsAt: 2_000_000 })
  vi.advanceTimersByTime(30_000)
  expect(states).toHaveLength(2)
  standing.ended()
  left({})
  vi.advanceTimersByTime(30_000)
  expect(states).toHaveLength(2)
  expect(vi.getTimerCount()).toBe(0)
})

test('during an outage no time is told; after it the newest', () => {
  const { standing, states, events, session, left } = make()
  standing.up(session)
  standing.resuming({ cause, attempt: 1, sinceAt: 1_000_000 })
  left({ endsAt: 3_000_000 })
  vi.advanceTimersByTime(30_000)
  expect(states.map(({ kind }) => kind)).toEqual(['up', 'reconnecting'])
  standing.resumed(30_000, 4)
  expect(states.at(-1)).toEqual({ kind: 'up', sinceAt: 1_000_000, sessionId: 's', endsAt: 3_000_000 })
  expect(events).toEqual([{ kind: 'resumed', pausedMs: 30_000, connectionsKept: 4 }])
  standing.ended()
})

test('a resume that waits for something is told as waiting, with its next look', () => {
  const { standing, states, session } = make()
  standing.up(session)
  standing.resuming({ cause, attempt: 3, sinceAt: 1, retryAt: 2, waitsFor: 'login' })
  expect(states.at(-1)).toMatchObject({ kind: 'waiting', for: 'login', sinceAt: 1, retryAt: 2 })
  standing.ended()
})

test('before it was ever up a new attempt is a first start, and nothing was restarted', () => {
  const { standing, states, events, session } = make()
  standing.restarting(outage)
  standing.restarted(outage)
  expect(states).toEqual([{ kind: 'connecting' }])
  expect(events).toEqual([])
  standing.up(session)
  standing.ended()
  standing.restarting(outage)
  vi.setSystemTime(1_004_000)
  standing.restarted(outage)
  expect(states.at(-1)).toMatchObject({ kind: 'reconnecting', via: 'restart', attempt: 2 })
  expect(events).toMatchObject([{ kind: 'restarted', pausedMs: 4_000, connectionsLost: 3 }])
  // The clock was set back meanwhile.
  vi.setSystemTime(500_000)
  standing.restarted(outage)
  expect(events.at(-1)).toMatchObject({ pausedMs: 0 })
})

test('an owner that ends the tunnel when it is told that it is up leaves no timer', () => {
  const standing: Standing = new Standing({
    onState: () => standing.ended(),
    onEvent: () => undefined,
    minuteMs: 60_000,
  })
  standing.up(make().session)
  expect(vi.getTimerCount()).toBe(0)
})
