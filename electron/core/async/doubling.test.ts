import { expect, test } from 'vitest'
import { doubled } from './doubling'

test('a wait doubles up to its maximum, and one of nothing stays nothing', () => {
  expect([0, 1, 2, 3, 4].map((doublings) => doubled(500, 3_000, doublings))).toEqual([500, 1_000, 2_000, 3_000, 3_000])
  expect(doubled(500, 3_000, 10_000)).toBe(3_000)
  expect(doubled(0, 3_000, 10_000)).toBe(0)
})
