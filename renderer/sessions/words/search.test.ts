import { expect, test } from 'vitest'
import { matcher, readFilter } from './filter'
import { NEWEST_FIRST } from './listing'
import { NOW_AT, sample } from './sample.kit'
import { inOrder, search, textOf, type IsMatch } from './search'

const open = sample({ id: 'a' })
const ended = sample({ id: 'b', state: 'terminated' })
const other = sample({ id: 'c', state: 'terminated', targetName: 'db-1' })
const list = inOrder([other, open, ended], { column: 'target', direction: 'descending' })
const by = (text: string): IsMatch => matcher(readFilter(text), NOW_AT)

test('the sessions of the segment are found, in the order of the list', () => {
  expect(search(list, by(''), 'ended')).toEqual([ended, other])
  expect(search(list, by(''), 'open')).toEqual([open])
  expect(search(list, by('WEB-1'), 'ended')).toEqual([ended])
  expect(search(list, by('web-1'), 'open')).toEqual([open])
  expect(search(list, by('since:x'), 'open')).toEqual([])
})

test('each session is compared with its own text, after a change of the list too', () => {
  const renamed = { ...other, targetName: 'cache' }
  const changed = inOrder([renamed, ended], NEWEST_FIRST)
  expect(search(changed, by('cache'), 'ended')).toEqual([renamed])
  expect(search(changed, by('db-1'), 'ended')).toEqual([])
  expect(textOf(renamed)).toContain('cache')
})

test('an empty filter makes no texts', () => {
  let isAsked = false
  search({ ...list, texts: () => ((isAsked = true), []) }, by(' '), 'open')
  expect(isAsked).toBe(false)
})

test('a list is sorted once for an order, and again for another order', () => {
  const sessions = [sample({ id: 'x', startAt: 1 }), sample({ id: 'y', startAt: 2 })]
  const newest = inOrder(sessions, NEWEST_FIRST)
  expect(inOrder(sessions, { ...NEWEST_FIRST })).toBe(newest)
  const oldest = inOrder(sessions, { ...NEWEST_FIRST, direction: 'ascending' })
  expect(oldest.sessions.map(({ id }) => id)).toEqual(['x', 'y'])
  expect(inOrder(sessions, NEWEST_FIRST).sessions.map(({ id }) => id)).toEqual(['y', 'x'])
  expect(inOrder([...sessions], NEWEST_FIRST)).not.toBe(newest)
})
