import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AppError, type ErrorCode } from '../../../shared/errors'
import type { TunnelState } from '../../../shared/model/forward'
import { defaultTiming } from '../sessions/timing'
import { newOutage, Waits } from './outage'

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

/** Waits, what they told, and how many waits are over. */
function make(isOnline: () => Promise<boolean> = () => Promise.resolve(true)) {
  const states: TunnelState[] = []
  const life = new AbortController()
  const waits = new Waits({ timing: defaultTiming, signal: life.signal, tell: (state) => states.push(state), isOnline })
  const over: string[] = []
  const begin = (code: ErrorCode, attempt = 1): void => {
    const outage = { ...newOutage(new AppError(code, 'It failed.')), attempt }
    void waits.out(outage).then(() => over.push(code))
  }
  return { states, life, waits, over, begin, last: () => states.at(-1) }
}

const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

test('what passes by itself is tried again by time, with its attempt and its moment told', async () => {
  const { begin, last, over } = make()
  begin('throttled', 3)
  await turn()
  const told = last()
  expect(told).toMatchObject({ kind: 'reconnecting', via: 'restart', attempt: 4, sinceAt: 1_000_000 })
  const waitMs = (told?.kind === 'reconnecting' ? (told.retryAt ?? 0) : 0) - 1_000_000
  // 0.2 s doubled twice, and half of it at the least.
  expect(waitMs).toBeGreaterThanOrEqual(400)
  expect(waitMs).toBeLessThanOrEqual(800)
  await vi.advanceTimersByTimeAsync(Math.ceil(waitMs))
  expect(over).toEqual(['throttled'])
})

test('an ended sign-in is waited for, and any session that reaches the service ends that wait', async () => {
  const { begin, last, over, waits } = make()
  begin('credentials-expired')
  await turn()
  expect(last()).toMatchObject({ kind: 'waiting', for: 'login', retryAt: 1_030_000 })
  waits.reached()
  await turn()
  expect(over).toEqual(['credentials-expired'])
})

test('a session that reaches the service is no reason to try what waits for something else', async () => {
  const { begin, over, waits } = make()
  begin('throttled', 9)
  await turn()
  waits.reached()
  await turn()
  expect(over).toEqual([])
  waits.cut()
  await turn()
  expect(over).toEqual(['throttled'])
})

test('an instance is asked for every so often until it answers', async () => {
  let isOnline = false
  const asked: number[] = []
  const { begin, over, last } = make(() => {
    asked.push(Date.now())
    return Promise.resolve(isOnline)
  })
  begin('agent-offline')
  await vi.advanceTimersByTimeAsync(10_000)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked).toEqual([1_010_000, 1_020_000])
  expect([last()?.kind, over]).toEqual(['waiting', []])
  isOnline = true
  await vi.advanceTimersByTimeAsync(10_000)
  expect(over).toEqual(['agent-offline'])
})

test('an instance that may not be described is just tried, and so is one that a person wants tried', async () => {
  const { begin, over, waits } = make(() => Promise.reject(new AppError('access-denied', 'No.')))
  begin('agent-offline')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(over).toEqual(['agent-offline'])
  const other = make(() => Promise.resolve(false))
  other.begin('agent-offline')
  await turn()
  other.waits.cut()
  await turn()
  expect(other.over).toEqual(['agent-offline'])
  waits.cut()
})

test('a port is looked at every so often', async () => {
  const { waits, last } = make()
  let isOver = false
  void waits.forPort(new AppError('port-in-use', 'In use.'), 7).then(() => (isOver = true))
  expect(last()).toMatchObject({ kind: 'waiting', for: 'port', sinceAt: 7, retryAt: 1_010_000 })
  await vi.advanceTimersByTimeAsync(9_999)
  expect(isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(isOver).toBe(true)
})

test('the end of the tunnel ends every wait and tells nothing more', async () => {
  const { begin, life, over, states } = make(() => Promise.resolve(false))
  begin('agent-offline')
  await turn()
  const { length } = states
  life.abort()
  await turn()
  expect(over).toEqual(['agent-offline'])
  expect(states).toHaveLength(length)
  expect(vi.getTimerCount()).toBe(0)
})
