import { expect, test } from 'vitest'
import { excerpt, lastWords } from './foreigntext'

test('an excerpt is one line without control characters', () => {
  expect(excerpt(' a\r\n\tb\u0007\u202Ec ')).toBe('a b \u202Ec')
  expect(excerpt('x'.repeat(1_000))).toHaveLength(300)
})

test('last words are the end of a text, without the colours of a terminal', () => {
  expect(lastWords('first\n\u001b[1;31mlast\u001b[0m\n')).toBe('first last')
  expect(lastWords(`${'x'.repeat(1_000)} end`, 6)).toBe('…x end')
  expect(lastWords('aa🙂b', 3)).toBe('…b')
})
