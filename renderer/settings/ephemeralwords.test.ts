import { expect, it } from 'vitest'
import { limitProblem, readDays, ttlProblem } from './ephemeralwords'

it('takes times to live up to 30 days', () => {
  expect([readDays('8 h'), readDays('2 d'), readDays('30 d'), readDays('30 d 1 min'), readDays('')]).toEqual([
    480,
    2_880,
    43_200,
    undefined,
    undefined,
  ])
  expect([ttlProblem('7d'), ttlProblem('31 d') !== undefined, ttlProblem('soon') !== undefined]).toEqual([
    undefined,
    true,
    true,
  ])
})

it('takes 1 to 100 sessions', () => {
  const refused = ['0', '1', '5', '100', '101', '-1', '2.5', 'x'].filter((text) => limitProblem(text) !== undefined)
  expect(refused).toEqual(['0', '101', '-1', '2.5', 'x'])
})
