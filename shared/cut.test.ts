import { expect, it } from 'vitest'
import { cutText, MAX_FOREIGN_CHARACTERS } from './cut'

it('leaves a text that fits as it is, and ends a longer one with an ellipsis', () => {
  expect([cutText('abc', 3), cutText('abcd', 3), cutText('', 3)]).toEqual(['abc', 'ab…', ''])
  const exact = 'x'.repeat(MAX_FOREIGN_CHARACTERS)
  expect(cutText(exact)).toBe(exact)
  expect(cutText(`${exact}y`)).toHaveLength(MAX_FOREIGN_CHARACTERS)
})

it('cuts no character in two', () => {
  expect(cutText('a🙂bc', 3)).toBe('a…')
})
