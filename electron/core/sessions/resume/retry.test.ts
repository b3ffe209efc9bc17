import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { backoffMs, judge, Pause } from './retry'
import { defaultTiming } from '../timing'

test('the first attempt is immediate, then waits double from 0.2 s to 30 s', () => {
  const waits = (random: number): number[] =>
    [1, 2, 3, 4, 9, 10, 1_000].map((attempt) => backoffMs(attempt, defaultTiming, () => random))
  expect(waits(1)).toEqual([0, 200, 400, 800, 25_600, 30_000, 30_000])
  // Jitter takes away half at most: many tunnels do not come back in one moment.
  expect(waits(0)).toEqual([0, 100, 200, 400, 12_800, 15_000, 15_000])
})

test('an error that only a person can mend is final, one that waits for something says for what', () => {
  expect(
    (
      [
        'access-denied',
        'document-missing',
        'credentials-expired',
        'agent-offline',
        'session-gone',
        'throttled',
      ] as const
    )
      .map((code) => judge({ code }))
      .join(' '),
  ).toBe('final final login instance gone again')
})

describe('a pause', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  test('ends by time, by a cut or with its signal, whatever comes first, and leaves no timer', async () => {
    const pause = new Pause()
    const life = new AbortController()
    const ends: string[] = []
    const wait = (name: string): Promise<unknown> =>
      pause.wait(1_000, life.signal).then((isCut) => ends.push(isCut ? `${name} by hand` : name))
    const first = wait('time')
    await vi.advanceTimersByTimeAsync(999)
    expect(ends).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await first
    const second = wait('cut')
    pause.cut()
    pause.cut()
    await second
    const third = wait('abort')
    life.abort()
    await third
    await wait('aborted before')
    expect(ends).toEqual(['time', 'cut by hand', 'abort', 'aborted before'])
    expect(vi.getTimerCount()).toBe(0)
  })
})
