import { expect, it } from 'vitest'
import { mayMatch } from './patterns'

it('a text that a pattern does not match is refused', () => {
  expect(mayMatch('^[1-9][0-9]{0,4}$', '5432')).toBe(true)
  expect(mayMatch('^[1-9][0-9]{0,4}$', '0')).toBe(false)
})

it('a pattern that this program cannot read, or cannot finish, refuses nothing', () => {
  expect(mayMatch('^\\p{Alpha}++[', 'x')).toBe(true)
  expect(mayMatch('^(a+)+$', `${'a'.repeat(60)}!`)).toBe(true)
})
