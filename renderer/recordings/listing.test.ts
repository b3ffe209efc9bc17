import { expect, it } from 'vitest'
import { excerpt, NEWEST_FIRST, piecesAround, recordingsSortedBy, rowsOf } from './listing'
import { recording } from './sample.kit'

const old = recording('old', { startedAt: 1_000, bytes: 30 })
const late = recording('late', { startedAt: 9_000, targetName: 'web-10', kind: 'exec', environment: 'acme-test' })
const middle = recording('middle', { startedAt: 5_000, targetName: 'web-2', bytes: 20 })
const all = [old, late, middle]
const keys = (text: string, options: Partial<Parameters<typeof rowsOf>[2]> = {}): readonly string[] =>
  rowsOf(all, text, { matches: [], sort: NEWEST_FIRST, ...options }).map(({ key }) => key)

it('lists the newest first, and sorts by each column', () => {
  expect(keys('')).toEqual(['late', 'middle', 'old'])
  const byTarget = recordingsSortedBy('target', NEWEST_FIRST)
  expect(keys('', { sort: byTarget })).toEqual(['old', 'middle', 'late'])
  expect(keys('', { sort: recordingsSortedBy('target', byTarget) })).toEqual(['late', 'middle', 'old'])
  expect(keys('', { sort: recordingsSortedBy('size', byTarget) })).toEqual(['old', 'middle', 'late'])
  expect(keys('', { sort: recordingsSortedBy('place', byTarget) })).toEqual(['middle', 'old', 'late'])
})

it('finds recordings by all words of the text, in any field', () => {
  expect([keys('ACME-test'), keys('command web'), keys('web-2 prod'), keys('web-2 test')]).toEqual([
    ['late'],
    ['late'],
    ['middle'],
    [],
  ])
})

it('lists the places in the output below their recording, also if its name does not match', () => {
  const at = (recordingId: string, ms: number) => ({ recordingId, at: ms, line: 'disk full' })
  const rows = rowsOf(all, 'disk full', {
    matches: [at('old', 5), at('late', 7), at('old', 9), at('gone', 1)],
    sort: NEWEST_FIRST,
  })
  expect(rows.map((row) => [row.key, row.kind === 'match' ? row.match.at : undefined])).toEqual([
    ['late', undefined],
    ['late 0', 7],
    ['old', undefined],
    ['old 0', 5],
    ['old 1', 9],
  ])
})

it('marks every found text, and keeps the first in sight in a long line', () => {
  expect(piecesAround('No Space left: space', 'space')).toEqual(['No ', 'Space', ' left: ', 'space', ''])
  expect(piecesAround('no space left', '')).toEqual(['no space left'])
  expect(piecesAround('İ space', 'space')).toEqual(['İ space'])
  expect([excerpt('no space', 'space'), excerpt(`${'x'.repeat(300)}space`, 'space')]).toEqual([
    'no space',
    `…${'x'.repeat(40)}space`,
  ])
})
