import { expect, it } from 'vitest'
import { headersProblem, readHeaders } from './headerlines'

it('reads a header a line, and leaves those that Culvert sets to Culvert', () => {
  expect(readHeaders('X-Team: payments\n\n X-Url: https://a \n')).toEqual({
    'X-Team': 'payments',
    'X-Url': 'https://a',
  })
  const refused = (texts: readonly string[]) => texts.filter((text) => headersProblem(text) !== undefined)
  expect(refused(['', 'X-A: b\nX-C:'])).toEqual([])
  const bad = ['no colon', ': x', 'Authorization: Bearer x', 'host: a', 'X-Culvert-Batch: 1', 'X-Ä: b', 'X-A: bé']
  expect(refused(bad)).toEqual(bad)
})
