import { expect, test } from 'vitest'
import { parseSpan } from './span'

test.each([
  ['30m', 1_800_000],
  ['8h', 28_800_000],
  ['2d', 172_800_000],
  ['90s', 90_000],
  ['0h', 0],
])('%s is a span', (text, ms) => expect(parseSpan(text)).toBe(ms))

test.each(['', '8', 'h', '8 h', '-8h', '1.5h', '8h30m', '8H', '9999999h'])('"%s" is none', (text) =>
  expect(parseSpan(text)).toBeUndefined(),
)
