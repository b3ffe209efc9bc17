import { expect, test } from 'vitest'
import { agoWords, sentenceOf } from './moments'

const NOON = new Date(2026, 10, 22, 12, 0).getTime()

test('a moment is told by the clock while it is of this day round, and by its span beyond', () => {
  expect(agoWords(NOON - 34 * 60_000, NOON)).toBe('11:26, 34 min ago')
  expect(agoWords(NOON - 3 * 86_400_000, NOON)).toBe('3 days ago')
  expect(agoWords(NOON + 5, NOON)).toBe('12:00, less than a minute ago')
})

test('a line of the journal stands on its own', () => {
  expect(sentenceOf('is up on localhost:5432.')).toBe('Is up on localhost:5432.')
})
