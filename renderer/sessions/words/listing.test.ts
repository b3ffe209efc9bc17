import { expect, test } from 'vitest'
import {
  countSegments,
  frequentNames,
  isIn,
  isSessionColumn,
  NEWEST_FIRST,
  sessionsSortedBy,
  sortSessions,
} from './listing'
import { NOW_AT, sample } from './sample.kit'

const sessions = [
  sample({ id: 'b', targetName: 'web-10', startAt: NOW_AT - 2 }),
  sample({ id: 'a', targetName: 'web-2', startAt: NOW_AT - 2, reason: 'ticket' }),
  sample({ id: 'c', targetName: 'web-2', startAt: NOW_AT - 1, maxDurationMs: 5 }),
]
const ids = (sorted: typeof sessions | ReturnType<typeof sortSessions>): string => sorted.map(({ id }) => id).join('')

test('newest first; equal ones keep their order, and a session without a start comes last', () => {
  const { startAt: _, ...without } = sample({ id: 'd' })
  expect(ids(sortSessions([without, ...sessions], NEWEST_FIRST))).toBe('cbad')
  expect(ids(sortSessions([without, ...sessions], { column: 'start', direction: 'ascending' }))).toBe('bacd')
})

test('times that are too far apart for one number are in order too', () => {
  const last = sample({ id: 'l', startAt: Number.MAX_SAFE_INTEGER })
  const first = sample({ id: 'f', startAt: 0 })
  expect(ids(sortSessions([first, last, ...sessions], NEWEST_FIRST))).toBe('lcbaf')
  expect(ids(sortSessions([last, first], { column: 'start', direction: 'ascending' }))).toBe('fl')
})

test('a session that has ended has its place by its end', () => {
  const early = sample({ id: 'e', state: 'terminated', startAt: NOW_AT - 9, endAt: NOW_AT })
  const late = sample({ id: 'l', state: 'terminated', startAt: NOW_AT - 8, endAt: NOW_AT - 5 })
  expect(ids(sortSessions([late, early], NEWEST_FIRST))).toBe('el')
})

test('texts in natural order, equal ones newest first; empty cells come last in both directions', () => {
  expect(ids(sortSessions(sessions, { column: 'target', direction: 'ascending' }))).toBe('cab')
  expect(ids(sortSessions(sessions, { column: 'target', direction: 'descending' }))).toBe('bca')
  expect(ids(sortSessions(sessions, { column: 'id', direction: 'descending' }))).toBe('cba')
  expect(ids(sortSessions(sessions, { column: 'ends', direction: 'descending' }))).toBe('cba')
  expect(ids(sortSessions(sessions, { column: 'reason', direction: 'ascending' }))).toBe('acb')
  expect(ids(sortSessions(sessions, { column: 'reason', direction: 'descending' }))).toBe('acb')
})

test('the start comes newest first at the first press of its header, texts ascending; a second press turns it around', () => {
  expect(sessionsSortedBy('target', NEWEST_FIRST)).toEqual({ column: 'target', direction: 'ascending' })
  expect(sessionsSortedBy('start', NEWEST_FIRST)).toEqual({ column: 'start', direction: 'ascending' })
  expect(sessionsSortedBy('start', { column: 'id', direction: 'ascending' })).toEqual(NEWEST_FIRST)
})

test('a session that is ending still counts as open', () => {
  const ending = sample({ state: 'canceling' })
  expect(countSegments([...sessions, ending, sample({ state: 'terminated' })])).toEqual({ open: 4, ended: 1 })
  expect(isIn('open', ending)).toBe(true)
  expect(isIn('ended', ending)).toBe(false)
})

test('a remembered column is checked', () => {
  expect(isSessionColumn('whose')).toBe(true)
  expect(isSessionColumn('toString')).toBe(false)
})

test('the most frequent names come first', () => {
  expect(frequentNames(['b', 'a', 'b', 'c', 'a2'], 3)).toEqual(['b', 'a', 'a2'])
})
