import { expect, test } from 'vitest'
import { TokenBucket } from './throttle'

test('a bucket lets a burst through, then its rate, and saves no more than a burst', () => {
  const bucket = new TokenBucket({ perSecond: 2, burst: 3 })
  const took = (now: number, times: number) =>
    Array.from({ length: times }, () => bucket.take(now)).filter(Boolean).length
  expect([took(0, 5), took(400, 5), took(500, 5), took(1_500, 5), took(60_000, 5)]).toEqual([3, 0, 1, 2, 3])
})
