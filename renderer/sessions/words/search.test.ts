import { expect, test } from 'vitest'
import { matcher, readFilter } from './filter'
import { NOW_AT, sample } from './sample.kit'
import { search, searchable, textOf, type IsMatch } from './search'

const open = sample({ id: 'a' })
const ended = sample({ id: 'b', state: 'terminated' })
const other = sample({ id: 'c', state: 'terminated', targetName: 'db-1' })
const list = searchable([ended, open, other])
const by = (text: string): IsMatch => matcher(readFilter(text), NOW_AT)

test('the sessions of the segment are shown in the order of the list, those of the other are counted', () => {
  expect(search(list, by(''), 'ended')).toEqual({ shown: [ended, other], otherCount: 1 })
  expect(search(list, by('WEB-1'), 'ended')).toEqual({ shown: [ended], otherCount: 1 })
  expect(search(list, by('web-1'), 'open')).toEqual({ shown: [open], otherCount: 1 })
  expect(search(list, by('since:x'), 'open')).toEqual({ shown: [], otherCount: 0 })
})

test('each session is compared with its own text, after a change of the list too', () => {
  const renamed = { ...other, targetName: 'cache' }
  const changed = searchable([renamed, ended])
  expect(search(changed, by('cache'), 'ended').shown).toEqual([renamed])
  expect(search(changed, by('db-1'), 'ended').shown).toEqual([])
  expect(textOf(renamed)).toContain('cache')
})

test('an empty filter makes no texts', () => {
  let isAsked = false
  search({ sessions: [open], texts: () => ((isAsked = true), []) }, by(' '), 'open')
  expect(isAsked).toBe(false)
})
