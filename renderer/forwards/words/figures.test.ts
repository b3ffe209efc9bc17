import { expect, test } from 'vitest'
import { bytesWords, rateWords, roundTripWords, sparkPoints } from './figures'

test('amounts are short: never a thousand of a unit, one decimal only below ten', () => {
  const said = [0, 1, 999, 1_000, 1_449, 9_949, 9_950, 412_300, 999_499, 999_500, 38_200_000, 1.5e12, 5e15].map(
    bytesWords,
  )
  expect(said).toEqual([
    '0 B',
    '1 B',
    '999 B',
    '1.0 KB',
    '1.4 KB',
    '9.9 KB',
    '10 KB',
    '412 KB',
    '999 KB',
    '1.0 MB',
    '38 MB',
    '1.5 TB',
    '5000 TB',
  ])
  expect(rateWords(412_000)).toBe('412 KB/s')
})

test('a round trip is told in ms below a second; before it was measured there is a dash', () => {
  expect([undefined, 1, 28.4, 999, 1_440].map(roundTripWords)).toEqual(['–', '1 ms', '28 ms', '999 ms', '1.4 s'])
})

test('the newest sample stands at the right, the largest at the top, zero on the foot, and no line touches an edge', () => {
  const box = { width: 104, height: 28, samples: 5 }
  expect(sparkPoints([0, 4_000, 2_000], box)).toBe('52,26 77,2 102,14')
  expect(sparkPoints([9, 0, 4_000, 2_000, 0, 0], box)).toBe('2,26 27,2 52,14 77,26 102,26')
  expect(sparkPoints([5], box)).toBe('')
})

test('a trickle does not look like a flood', () => {
  expect(sparkPoints([0, 10], { width: 100, height: 28, samples: 2 })).toBe('2,26 98,25.8')
})
