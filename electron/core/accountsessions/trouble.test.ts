import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { Trouble } from './trouble'

const throttled = new AppError('throttled', 'Slower.')

test('the pauses double from 5 s to 60 s, and begin anew after an answer', () => {
  const trouble = new Trouble()
  const pauses = Array.from({ length: 6 }, () => {
    trouble.failed(throttled, 1_000)
    return trouble.known!.retryAt! - 1_000
  })
  expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
  expect([trouble.mayAsk(60_999), trouble.mayAsk(61_000), trouble.isFinal]).toEqual([false, true, false])
  trouble.passed()
  expect([trouble.known, trouble.mayAsk(0)]).toEqual([undefined, true])
  trouble.failed(throttled, 0)
  expect(trouble.known?.retryAt).toBe(5_000)
})

test('what only a person can mend is not tried again', () => {
  const trouble = new Trouble()
  trouble.failed(new AppError('access-denied', 'No.'), 0)
  expect([trouble.known?.error.code, trouble.mayAsk(Infinity), trouble.isFinal]).toEqual(['access-denied', false, true])
})

test('a page that AWS refuses three times in a row is given up for a new beginning; one that is throttled is not', () => {
  const trouble = new Trouble()
  const refused = new AppError('service', 'The token is not valid.')
  expect([1, 2, 3].map((at) => trouble.failed(refused, at))).toEqual([false, false, true])
  expect([1, 2, 3].map((at) => trouble.failed(throttled, at))).toEqual([false, false, false])
})

test('a wake ends every pause, a session that has reached AWS only one for the network or the sign-in', () => {
  const trouble = new Trouble()
  trouble.failed(throttled, 0)
  trouble.reached(1)
  expect(trouble.mayAsk(1)).toBe(false)
  trouble.hurry(1)
  expect(trouble.mayAsk(1)).toBe(true)
  trouble.failed(new AppError('network', 'No network.'), 0)
  trouble.reached(1)
  expect(trouble.mayAsk(1)).toBe(true)
  trouble.failed(new AppError('access-denied', 'No.'), 0)
  trouble.hurry(1)
  expect(trouble.mayAsk(1)).toBe(false)
})

test('a clock that is set back makes no pause longer than 60 s', () => {
  const trouble = new Trouble()
  trouble.failed(throttled, 3_600_000)
  expect([trouble.mayAsk(3_604_999), trouble.mayAsk(3_600_000 - 56_000), trouble.mayAsk(0)]).toEqual([
    false,
    true,
    true,
  ])
})
