import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../../../../shared/errors'
import { Recovery } from './recovery'
import type { ResumeProgress } from '../parts'
import { defaultTiming } from '../timing'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

const lost = new AppError('network', 'The connection to Session Manager was closed.')
const unreachable = new AppError('timeout', 'The connection could not be renewed in time.')

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** A recovery whose attempts do what `attempt` says, on a monotonic clock that is `skipMs()` ahead. */
function makeRecovery(attempt: () => Promise<AppError | undefined>, skipMs: () => number = () => 0) {
  const told: ResumeProgress[] = []
  const life = new AbortController()
  let attempts = 0
  const recovery = new Recovery({
    timing: defaultTiming,
    signal: life.signal,
    tell: (progress) => told.push(progress),
    attempt: () => {
      attempts += 1
      return attempt()
    },
    now: () => performance.now() + skipMs(),
  })
  return { recovery, told, life, attempts: () => attempts }
}

it('calls a peer that answers and hangs up about ten times in the first 30 s, and not without end', async () => {
  const { recovery, attempts, told } = makeRecovery(() => Promise.resolve(undefined))
  const endsAt = Date.now() + 30_000
  while (Date.now() < endsAt) {
    const run = recovery.run(lost, 20 * MINUTE_MS)
    await vi.advanceTimersToNextTimerAsync()
    expect(await run).toBeUndefined()
    recovery.proven()
  }
  expect(attempts()).toBeLessThan(12)
  const counted = told.filter(({ retryAt }) => retryAt === undefined).map(({ attempt }) => attempt)
  expect(counted).toEqual(counted.map((_, index) => index + 1))
  expect(new Set(told.map(({ sinceAt }) => sinceAt)).size).toBe(1)
})

it('begins a new outage, at once, after a socket that has lived for 10 s, and goes on with the old one after 9.9 s', async () => {
  const { recovery, told } = makeRecovery(() => Promise.resolve(undefined))
  await recovery.run(lost, MINUTE_MS)
  recovery.proven()
  vi.advanceTimersByTime(9_900)
  const second = recovery.run(lost, MINUTE_MS)
  await vi.advanceTimersToNextTimerAsync()
  await second
  recovery.proven()
  vi.advanceTimersByTime(10_000)
  await recovery.run(lost, MINUTE_MS)
  expect(told.map(({ attempt, retryAt }) => [attempt, retryAt !== undefined])).toEqual([
    [1, false],
    [2, true],
    [2, false],
    [1, false],
  ])
})

describe('a deadline of 20 minutes', () => {
  it('ends what was tried for so long with its last failure', async () => {
    const { recovery } = makeRecovery(() => Promise.resolve(unreachable))
    const startedAt = Date.now()
    const run = recovery.run(lost, 20 * MINUTE_MS)
    await vi.advanceTimersByTimeAsync(21 * MINUTE_MS)
    expect(await run).toBe(unreachable)
    expect(Date.now() - startedAt).toBe(21 * MINUTE_MS)
  })

  for (const [name, jumpMs] of [
    ['stands still', 0],
    ['jumps', 8 * HOUR_MS],
  ] as const) {
    it(`does not run while the computer sleeps for 8 h and the monotonic clock ${name}`, async () => {
      let skipMs = 0
      let isBack = false
      const { recovery, attempts } = makeRecovery(
        () => Promise.resolve(isBack ? undefined : unreachable),
        () => skipMs,
      )
      const run = recovery.run(lost, 20 * MINUTE_MS)
      await vi.advanceTimersByTimeAsync(2 * MINUTE_MS)
      skipMs = jumpMs
      vi.setSystemTime(Date.now() + 8 * HOUR_MS)
      // The first attempt after a wake mostly fails: the Wi-Fi is not there yet.
      const before = attempts()
      recovery.cut()
      await vi.advanceTimersByTimeAsync(1_000)
      expect(attempts()).toBe(before + 1)
      isBack = true
      await vi.advanceTimersByTimeAsync(MINUTE_MS)
      expect(await run).toBeUndefined()
      recovery.proven()
    })
  }

  it('does not end sooner because the clock on the wall was set forward, nor later because it was set back', async () => {
    for (const shiftMs of [HOUR_MS, -HOUR_MS]) {
      const { recovery } = makeRecovery(() => Promise.resolve(unreachable))
      const startedAt = performance.now()
      let endedAt = 0
      const run = recovery.run(lost, 20 * MINUTE_MS).then(() => {
        endedAt = performance.now()
      })
      await vi.advanceTimersByTimeAsync(MINUTE_MS)
      vi.setSystemTime(Date.now() + shiftMs)
      await vi.advanceTimersByTimeAsync(40 * MINUTE_MS)
      await run
      expect(endedAt - startedAt).toBeGreaterThan(19 * MINUTE_MS)
      expect(endedAt - startedAt).toBeLessThan(21 * MINUTE_MS)
    }
  })
})

describe('that another session has reached the service', () => {
  it('cuts the pause of one that could not', async () => {
    let isBack = false
    const { recovery, attempts } = makeRecovery(() => Promise.resolve(isBack ? undefined : unreachable))
    const run = recovery.run(lost, 20 * MINUTE_MS)
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS)
    isBack = true
    const before = attempts()
    recovery.reached()
    await run
    expect(attempts()).toBe(before + 1)
  })

  it('hastens neither one whose peer hangs up on it nor one that AWS asked to slow down', async () => {
    const throttled = new AppError('throttled', 'AWS asked for fewer calls.')
    const slowed = makeRecovery(() => Promise.resolve(throttled))
    const hungUp = makeRecovery(() => Promise.resolve(undefined))
    await hungUp.recovery.run(lost, MINUTE_MS)
    hungUp.recovery.proven()
    const runs = [slowed, hungUp].map(({ recovery }) => recovery.run(lost, 20 * MINUTE_MS))
    await vi.advanceTimersByTimeAsync(0)
    const before = [slowed.attempts(), hungUp.attempts()]
    for (const { recovery } of [slowed, hungUp]) recovery.reached()
    await vi.advanceTimersByTimeAsync(0)
    expect([slowed.attempts(), hungUp.attempts()]).toEqual(before)
    for (const { life } of [slowed, hungUp]) life.abort()
    await Promise.all(runs)
  })
})

it('that is told to end resolves without a failure, in the middle of a pause too', async () => {
  const { recovery, life } = makeRecovery(() => Promise.resolve(unreachable))
  const run = recovery.run(lost, 20 * MINUTE_MS)
  await vi.advanceTimersByTimeAsync(100)
  life.abort()
  expect(await run).toBeUndefined()
})
