import { expect, test } from 'vitest'
import { matches } from './pattern'

test.each([
  ['abc', 'abc', true],
  ['abc', 'abcd', false],
  ['', '', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['*', '', true],
  ['a*', 'ba', false],
  ['a*c*e', 'abcde', true],
  ['*ab*ab', 'abxab', true],
  ['*ab*ab', 'ab', false],
  ['a.c', 'abc', false],
  [`${'*a'.repeat(40)}b`, 'a'.repeat(1_000), false],
])('%s matches %s: %s', (pattern, text, isMatch) => {
  expect(matches(pattern, text)).toBe(isMatch)
})
