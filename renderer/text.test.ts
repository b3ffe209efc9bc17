import { expect, test } from 'vitest'
import { headOf } from './text'

test('the head is as long as it may be', () => {
  expect(headOf('abcdefg', 3)).toBe('abc')
  expect(headOf('abc', 3)).toBe('abc')
  expect(headOf('', 3)).toBe('')
})

test('a character of two halves is never parted', () => {
  expect(headOf('ab😀c', 3)).toBe('ab')
  expect(headOf('a😀c', 3)).toBe('a😀')
  expect(headOf('😀😀', 2)).toBe('😀')
})

test('a lone half at the end is kept', () => {
  expect(headOf('ab\uD83D', 3)).toBe('ab\uD83D')
})
