import { expect, test } from 'vitest'
import { Lifetime } from './lifetime'

const MINUTE_MS = 60_000
const START = 1_000_000

test('the end is told from the start, the idle end once nothing has passed for a minute', () => {
  const lifetime = new Lifetime(START, MINUTE_MS)
  expect(lifetime.timeLeft(0, START + 5 * MINUTE_MS)).toEqual({})
  lifetime.learn({ idleTimeoutMs: 20 * MINUTE_MS, maxDurationMs: 60 * MINUTE_MS, isRead: true })
  const endsAt = START + 60 * MINUTE_MS
  expect(lifetime.timeLeft(0, START)).toEqual({ endsAt })
  const lastStreamAt = START + 3 * MINUTE_MS
  expect(lifetime.timeLeft(lastStreamAt, lastStreamAt + MINUTE_MS - 1)).toEqual({ endsAt })
  const quiet = { endsAt, idleEndsAt: lastStreamAt + 20 * MINUTE_MS }
  expect(lifetime.timeLeft(lastStreamAt, lastStreamAt + MINUTE_MS)).toEqual(quiet)
  // It stands still while nothing passes: nobody has to be told again.
  expect(lifetime.timeLeft(lastStreamAt, lastStreamAt + 19 * MINUTE_MS)).toEqual(quiet)
})

test('on a compressed clock all of it is compressed', () => {
  const lifetime = new Lifetime(START, 100)
  lifetime.learn({ idleTimeoutMs: 20 * MINUTE_MS, isRead: true })
  expect(lifetime.timeLeft(START, START + 100)).toEqual({ idleEndsAt: START + 2_000 })
})
