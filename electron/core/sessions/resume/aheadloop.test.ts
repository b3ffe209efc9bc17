// Resumes ahead of one session on a gateway over real sockets. The clock of the looks is moved by the test.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { GatewayOptions } from '../../../../e2e/kit/wire/gateway'
import { openSessionStage, type SessionStage } from '../../../../e2e/kit/wire/session'
import { deferred } from '../../../../shared/deferred'
import { AppError } from '../../../../shared/errors'
import type { Diagnostic } from '../../../../shared/diagnostics'
import type { KeysOutlook } from '../../../../shared/session'

const MINUTE_MS = 60_000
/** The age of a socket at which it is replaced, and the most by which that is spread. */
const AGE_MINUTES = 15.3

let stage: SessionStage
let outlook: KeysOutlook

beforeEach(() => {
  outlook = { kind: 'unknown' }
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await stage[Symbol.asyncDispose]()
})

const pass = (minutes: number): void => void vi.advanceTimersByTime(minutes * MINUTE_MS)

/** A session that is open, and the outcomes of its resumes ahead. */
async function begin(options: Partial<GatewayOptions> = {}, idleMinutes = 600) {
  stage = await openSessionStage(options)
  const { gateway } = stage
  const outcomes: string[] = []
  const started = stage.start({
    service: {
      ...gateway.service,
      keysOutlook: () => outlook,
      preferences: () => Promise.resolve({ idleTimeoutMs: idleMinutes * MINUTE_MS, isRead: true }),
      diagnose: (entry: Diagnostic) => {
        if (entry.kind === 'resume-ahead') outcomes.push(entry.outcome)
      },
    },
  })
  const session = await started.session
  const until = (count: number): Promise<void> => vi.waitFor(() => expect(outcomes).toHaveLength(count))
  return { ...started, session, gateway, outcomes, until }
}

test('each socket is replaced at its age, and nothing but the log is told', async () => {
  const { told, session, gateway, outcomes, until } = await begin()
  const first = session.forecast.recycleAt ?? 0
  pass(14.9)
  expect(gateway.resumed).toEqual([])
  pass(0.4)
  await until(1)
  expect(session.forecast.recycleAt).toBeGreaterThan(first + 14 * MINUTE_MS)
  pass(14.9)
  expect(gateway.resumed).toHaveLength(1)
  pass(0.4)
  await until(2)
  expect([outcomes, told]).toEqual([['taken', 'taken'], ['ready Port']])
})

test('a session that carries nothing is resumed ahead once at most within its idle timeout, and then left to end', async () => {
  const { gateway, until, session } = await begin({}, 20)
  pass(15.3)
  await until(1)
  pass(40)
  expect(gateway.resumed).toHaveLength(1)
  expect(session.counters.lastUsedAt).toBeLessThan(session.counters.lastStreamAt)
})

test('the outlook is read at each decision: keys that are renewed now need none', async () => {
  const { gateway, until } = await begin()
  outlook = { kind: 'lasting' }
  pass(59)
  expect(gateway.resumed).toEqual([])
  outlook = { kind: 'ending', endsAt: Date.now() + 3 * MINUTE_MS }
  pass(0.5)
  expect(gateway.resumed).toEqual([])
  outlook = { kind: 'unknown' }
  pass(0.1)
  await until(1)
})

test('after a failure it is tried again after a pause that grows', async () => {
  const { gateway, until } = await begin({
    resumeSession: () => Promise.reject(new AppError('throttled', 'slow down')),
  })
  pass(AGE_MINUTES)
  await until(1)
  pass(0.2)
  expect(gateway.resumed).toHaveLength(1)
  pass(0.1)
  await until(2)
  pass(0.4)
  expect(gateway.resumed).toHaveLength(2)
  pass(0.2)
  await until(3)
})

test('keys that AWS refuses are not tried again, until something reaches AWS or they are others', async () => {
  const { session, told, gateway, outcomes, until } = await begin({
    resumeSession: () => Promise.reject(new AppError('credentials-expired', 'over')),
  })
  pass(AGE_MINUTES)
  await until(1)
  expect(session.forecast.keys).toEqual({ kind: 'ended' })
  pass(20)
  expect(gateway.resumed).toHaveLength(1)
  session.reached()
  pass(0.1)
  await until(2)
  pass(10)
  expect(gateway.resumed).toHaveLength(2)
  // Handed over, and soon to end as well.
  outlook = { kind: 'ending', endsAt: Date.now() + MINUTE_MS }
  expect(session.forecast.keys).toEqual(outlook)
  pass(0.1)
  await until(3)
  expect([outcomes, told]).toEqual([Array.from({ length: 3 }, () => 'credentials-expired'), ['ready Port']])
})

test('a denial is the last try', async () => {
  const denied = new AppError('session-gone', 'gone', { cause: new AppError('access-denied', 'no') })
  const { session, gateway, until } = await begin({ resumeSession: () => Promise.reject(denied) })
  pass(AGE_MINUTES)
  await until(1)
  pass(40)
  session.reached()
  pass(1)
  expect([gateway.resumed.length, session.forecast.isResumeDenied]).toEqual([1, true])
})

test('a socket that is lost during an attempt ends it: the outage is resumed like any other', async () => {
  const isAsked = deferred()
  const answer = deferred()
  const { told, resumed, gateway, outcomes } = await begin({
    resumeSession: (ticket, count) => {
      isAsked.resolve()
      return count === 1 ? answer.promise.then(() => ticket) : Promise.resolve(ticket)
    },
  })
  pass(AGE_MINUTES)
  await isAsked.promise
  stage.opened[0]?.close()
  await resumed
  answer.resolve()
  await new Promise(setImmediate)
  expect([gateway.resumed.length, outcomes, told]).toEqual([2, [], ['ready Port', 'attempt 1', 'resumed']])
})
