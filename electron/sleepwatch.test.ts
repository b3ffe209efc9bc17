import { expect, it } from 'vitest'
import { watchSleep } from './sleepwatch'

/** A clock that runs and a timer that fires as the test says. */
function standInClock() {
  let nowAt = 1_000_000
  let tick: (() => void) | undefined
  return {
    clock: {
      now: () => nowAt,
      every: (periodMs: number, fire: () => void) => {
        expect(periodMs).toBe(10_000)
        tick = fire
        return () => {
          tick = undefined
        }
      },
    },
    fireAfter: (ms: number) => {
      nowAt += ms
      tick?.()
    },
    isRunning: () => tick !== undefined,
  }
}

it('wakes once for each time that the timer fires more than five seconds late', () => {
  const { clock, fireAfter } = standInClock()
  let woken = 0
  watchSleep(() => (woken += 1), clock)
  for (const ms of [10_000, 12_000, 15_000, 9_000]) fireAfter(ms)
  expect(woken).toBe(0)
  fireAfter(15_001)
  expect(woken).toBe(1)
  fireAfter(10_000)
  expect(woken).toBe(1)
  fireAfter(8 * 3_600_000)
  expect(woken).toBe(2)
})

it('takes a clock that was set back for no sleep, then or later', () => {
  const { clock, fireAfter } = standInClock()
  let woken = 0
  watchSleep(() => (woken += 1), clock)
  fireAfter(-3_600_000)
  fireAfter(10_000)
  expect(woken).toBe(0)
  fireAfter(20_000)
  expect(woken).toBe(1)
})

it('stops its timer', () => {
  const { clock, isRunning } = standInClock()
  const watch = watchSleep(() => undefined, clock)
  expect(isRunning()).toBe(true)
  watch[Symbol.dispose]()
  expect(isRunning()).toBe(false)
})
