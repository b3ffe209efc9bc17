import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { Forecast } from '../../../shared/model/forecast'
import type { TunnelEvent, TunnelState } from '../../../shared/model/forward'
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
  })
  let forecast: Forecast = {}
  const session = {
    sessionId: 's',
    get forecast() {
      return forecast
    },
  }
  return { standing, states, events, session, left: (now: Forecast) => (forecast = now) }
}

test('a change of the forecast is told as part of the state, until the session ends', () => {
  const { standing, states, session, left } = make()
  standing.forecast()
  expect(states).toEqual([])
  standing.up(session)
  left({ idleEndsAt: 2_000_000 })
  standing.forecast()
  // It was told already.
  standing.forecast()
  const up = { kind: 'up', sinceAt: 1_000_000, sessionId: 's' }
  expect(states).toEqual([up, { ...up, idleEndsAt: 2_000_000 }])
  standing.ended()
  standing.forecast()
  expect(states).toHaveLength(2)
})

test('during an outage no time is told; after it the newest', () => {
  const { standing, states, events, session, left } = make()
  standing.up(session)
  standing.resuming({ cause, attempt: 1, sinceAt: 1_000_000 })
  left({ endsAt: 3_000_000 })
  standing.forecast()
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
