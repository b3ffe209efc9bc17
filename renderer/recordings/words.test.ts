import { expect, it } from 'vitest'
import { recording } from './sample.kit'
import { drainsWords, exportName, lengthWords, markWords, positionWords, startWords, targetLabel } from './words'

const at = new Date(2026, 10, 29, 14, 3).getTime()
const made = recording('a.cast', { startedAt: at })

it('says lengths in the largest two units', () => {
  expect([0, 41_600, 60_000, 252_000, 3_600_000, 8_040_000, 3_599_700].map(lengthWords)).toEqual([
    '0 s',
    '42 s',
    '1 min',
    '4 min 12 s',
    '1 h',
    '2 h 14 min',
    '1 h',
  ])
})

it('says positions as players do', () => {
  expect([0, 9_999, 62_000, 3_725_000].map(positionWords)).toEqual(['0:00', '0:09', '1:02', '1:02:05'])
})

it('names an exported file by time and target, without characters that a file system refuses', () => {
  expect(startWords(at)).toBe('2026-11-29 14:03')
  expect(exportName(made)).toBe('2026-11-29 14.03 web-1.cast')
  expect(exportName({ ...made, targetName: '../a/b:c' })).toBe('2026-11-29 14.03 _a_b_c.cast')
  expect(exportName({ ...made, targetName: '', target: '..' })).toBe('2026-11-29 14.03 recording.cast')
  expect(targetLabel({ ...made, targetName: '' })).toBe('i-0abc')
})

it('says since when and where a terminal is recorded, and what is wrong', () => {
  const view = { recordingId: 'a', sinceAt: at, folder: '/home/ana/recordings' }
  expect(markWords(view)).toBe('Recorded since 14:03 to a file in /home/ana/recordings.')
  expect(markWords({ ...view, problem: 'The disk is full.' })).toBe(
    'Recorded since 14:03 to a file in /home/ana/recordings. The disk is full.',
  )
})

it('names every drain of a terminal', () => {
  expect([['audit-log'], ['audit-log', 'archive'], ['a', 'b', 'c']].map(drainsWords)).toEqual([
    'Output goes to audit-log',
    'Output goes to audit-log and archive',
    'Output goes to a, b and c',
  ])
})
