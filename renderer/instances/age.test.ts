import { expect, test } from 'vitest'
import { listedWords } from './age'

test('the age of a list is told in steps as coarse as its updates', () => {
  expect([-1, 9_999, 49_999, 60_000, 3_600_000].map((ageMs) => listedWords(0, ageMs))).toEqual([
    'Listed just now',
    'Listed just now',
    'Listed 40 s ago',
    'Listed 1 min ago',
    'Listed 1 h ago',
  ])
})
