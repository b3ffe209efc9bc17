import { expect, test } from 'vitest'
import { requests } from '../../../shared/api/requests'
import { parts } from '../../../shared/schemas'
import { minutesText, readConnections, readMinutes } from './limits'

test('a time is read as people write it, and only within a week', () => {
  const texts = [
    '90',
    '90 min',
    ' 1 h 30 min',
    '1h30',
    '1H 30M',
    '8 hours',
    '8 hrs',
    '2 days',
    '1d 1h 1m',
    '7 d',
    '10080',
  ]
  expect(texts.map(readMinutes)).toEqual([90, 90, 90, 90, 90, 480, 480, 2_880, 1_501, 10_080, 10_080])
  for (const text of ['', ' ', '0', '0 h', '10081', '8 d', '-5', '1.5 h', '30 s', 'soon', '5 m 1 h', 'h', '1e3']) {
    expect(readMinutes(text), text).toBeUndefined()
  }
})

test('a time that was read is told in the largest units, and reads back as itself', () => {
  expect([1, 45, 60, 90, 480, 1_440, 1_501, 10_080].map(minutesText)).toEqual([
    '1 min',
    '45 min',
    '1 h',
    '1 h 30 min',
    '8 h',
    '1 d',
    '1 d 1 h 1 min',
    '7 d',
  ])
  for (let minutes = 1; minutes <= 10_080; minutes += 7) expect(readMinutes(minutesText(minutes))).toBe(minutes)
})

test('a number of connections is one that the core takes', () => {
  expect(['1', ' 20 ', '10000'].map(readConnections)).toEqual([1, 20, 10_000])
  for (const text of ['', '0', '10001', '1.5', '-1', 'many', '1e2']) expect(readConnections(text), text).toBeUndefined()
  const shape = requests['forward.create'].parameters(parts).shape
  for (const [field, most] of [
    [shape.expiresAfterMinutes, 10_080],
    [shape.maxConnections, 10_000],
  ] as const) {
    expect([0, 1, most, most + 1].map((value) => field.safeParse(value).success)).toEqual([false, true, true, false])
  }
})
