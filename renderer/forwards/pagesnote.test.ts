import { expect, test } from 'vitest'
import { nameList } from './PagesNote'

test('a few names are named and joined as a person does, of many the first three', () => {
  expect([['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd', 'e']].map(nameList)).toEqual([
    'a',
    'a and b',
    'a, b and c',
    'a, b, c and 2 more',
  ])
})
