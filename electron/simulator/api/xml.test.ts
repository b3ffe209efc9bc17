import { expect, test } from 'vitest'
import { listOf, writeXml } from './xml'

test('text is escaped, lists become items, undefined is left out', () => {
  const xml = writeXml('R', 'urn:x', { a: '<&">', list: [{ k: 1 }, { k: true }], none: undefined, empty: [] })
  expect(xml).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<R xmlns="urn:x"><a>&lt;&amp;&quot;&gt;</a><list><item><k>1</k></item><item><k>true</k></item></list><empty></empty></R>',
  )
})

test('a list ends at the first number that is missing', () => {
  const form = new URLSearchParams('Id.1=a&Id.2=b&Id.4=d')
  expect(listOf(form, 'Id')).toEqual(['a', 'b'])
  expect(listOf(form, 'Other')).toEqual([])
})
