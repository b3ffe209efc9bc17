import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { Gate } from './gate'
import { Pace } from './pace'

const { signal } = new AbortController()
const throttled = new AppError('throttled', 'Slow down.')

/** A clock that jumps to the end of each wait. */
function stage() {
  let now = 0
  const pace = new Pace({
    now: () => now,
    wait: (ms) => {
      now += ms
      return Promise.resolve()
    },
  })
  return { pace, now: () => now, pass: (ms: number) => void (now += ms) }
}

test('an account that lets 20 calls a second through answers every call of a large listing', async () => {
  const { pace, now, pass } = stage()
  const gate = new Gate(4)
  let [tokens, filledAt, asked] = [50, 0, 0]
  const call = (): Promise<number> => {
    asked += 1
    pass(1)
    tokens = Math.min(50, tokens + (now() - filledAt) / 50)
    filledAt = now()
    if (tokens < 1) return Promise.reject(throttled)
    tokens -= 1
    return Promise.resolve(asked)
  }
  const answers = await Promise.all(Array.from({ length: 600 }, () => gate.run(() => pace.run(call, signal))))
  expect(answers).toHaveLength(600)
  // Most calls are made once.
  expect(asked).toBeLessThan(800)
  expect(now()).toBeLessThan(90_000)
})

test('calls that are not throttled wait for nothing; other errors are told at once', async () => {
  const { pace, now } = stage()
  await pace.run(() => Promise.resolve(), signal)
  const denied = new AppError('access-denied', 'No.')
  await expect(pace.run(() => Promise.reject(denied), signal)).rejects.toBe(denied)
  expect(now()).toBe(0)
})

test('a call that is throttled for good fails with that, and an aborted one is not made', async () => {
  const { pace } = stage()
  let asked = 0
  const call = (): Promise<never> => {
    asked += 1
    return Promise.reject(throttled)
  }
  await expect(pace.run(call, signal)).rejects.toBe(throttled)
  expect(asked).toBe(8)
  const reason = new Error('left')
  await expect(pace.run(call, AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(asked).toBe(8)
})
