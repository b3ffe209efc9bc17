import { expect, test } from 'vitest'
import type { Forecast } from '../../../shared/model/forecast'
import { ForecastWatch, forecastOf, type ForecastFacts } from './forecast'

const MINUTE_MS = 60_000
const NOW = 1_000_000_000
const at = (minutes: number): number => NOW + minutes * MINUTE_MS

function forecast(change: Partial<ForecastFacts>): Forecast {
  return forecastOf({
    nowAt: NOW,
    limits: {},
    socketSinceAt: NOW,
    outlook: { kind: 'lasting' },
    areKeysRefused: false,
    isResumeDenied: false,
    minuteMs: MINUTE_MS,
    ...change,
  })
}

const until = (change: Partial<ForecastFacts>): number => ((forecast(change).staysUntil ?? NaN) - NOW) / MINUTE_MS

test('keys that are renewed end nothing: only the recycle and the limits of the account are told', () => {
  expect(forecast({ limits: { idleEndsAt: at(20) } })).toEqual({ idleEndsAt: at(20), recycleAt: at(60) })
})

test('with keys that end the session lives for an hour after the resume that comes 2 min before', () => {
  const outlook = { kind: 'ending', endsAt: at(32) } as const
  expect(forecast({ outlook })).toEqual({ recycleAt: at(60), keys: outlook, staysUntil: at(90) })
  // It has been resumed ahead.
  expect(until({ outlook, nowAt: at(31), socketSinceAt: at(30) })).toBe(90)
  // That moment is past, and the resume has failed so far.
  expect(until({ outlook, nowAt: at(31), socketSinceAt: at(0) })).toBe(60)
})

test('recycles before the end of the keys are counted, also where the last one makes a resume ahead needless', () => {
  expect(until({ outlook: { kind: 'ending', endsAt: at(150) } })).toBe(148 + 60)
  expect(until({ outlook: { kind: 'ending', endsAt: at(121) } })).toBe(120 + 60)
  // Years ahead, without counting them one by one.
  expect(until({ outlook: { kind: 'ending', endsAt: at(1e12) } })).toBe(1e12 - 2 + 60)
})

test('a maximum duration that comes after the end of the keys is the end: no new session can be opened', () => {
  const outlook = { kind: 'ending', endsAt: at(32) } as const
  expect([until({ outlook, limits: { endsAt: at(70) } }), until({ outlook, limits: { endsAt: at(20) } })]).toEqual([
    70, 90,
  ])
})

test('where ResumeSession is denied nothing is resumed ahead', () => {
  const outlook = { kind: 'ending', endsAt: at(32) } as const
  expect(forecast({ outlook, isResumeDenied: true })).toEqual({
    recycleAt: at(60),
    keys: outlook,
    staysUntil: at(60),
    isResumeDenied: true,
  })
})

test('keys of unknown end leave an hour from the last socket; keys that have ended as well', () => {
  expect(forecast({ outlook: { kind: 'unknown' }, socketSinceAt: at(-15) })).toEqual({
    recycleAt: at(45),
    keys: { kind: 'unknown' },
    staysUntil: at(45),
  })
  expect(forecast({ outlook: { kind: 'unknown' }, areKeysRefused: true }).keys).toEqual({ kind: 'ended' })
  const ended = { kind: 'ended', endsAt: at(0) } as const
  expect(forecast({ outlook: { kind: 'ending', endsAt: at(0) } })).toMatchObject({ keys: ended, staysUntil: at(60) })
})

test('all of it is compressed with the clock of the service', () => {
  expect(until({ outlook: { kind: 'ending', endsAt: NOW + 3_200 }, minuteMs: 100 }) * MINUTE_MS).toBe(9_000)
})

test('a forecast is told at each change, and once', () => {
  let now: Forecast = {}
  const told: Forecast[] = []
  const watch = new ForecastWatch(
    () => now,
    (forecast) => told.push(forecast),
  )
  watch.look()
  expect(told).toEqual([])
  const changes: readonly Forecast[] = [
    { endsAt: 1 },
    { idleEndsAt: 1 },
    { recycleAt: 1 },
    { staysUntil: 1 },
    { isResumeDenied: true },
    { keys: { kind: 'unknown' } },
    { keys: { kind: 'ended' } },
  ]
  for (const change of changes) {
    now = change
    watch.look()
    // The same values in another object are no change.
    now = { ...change }
    watch.look()
  }
  expect(told).toEqual(changes)
})
