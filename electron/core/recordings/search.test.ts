import { expect, test } from 'vitest'
import { makeRecordings } from './recordings.kit'
import { searchRecordings, type SearchLimits } from './search'

const ample: SearchLimits = { now: () => 0, matches: 500, ms: 1 }

test('a text is found as it is read: across events, without escape sequences, in any case', async () => {
  const { recordings, record, clock } = await makeRecordings()
  const first = await record(['$ ec', 'ho \u001b[1mNee', '\u001b[0mdle\r\n', 'and more\r\nlast nEEdle'])
  clock.ms += 1_000
  const second = await record(['\u001b]0;needle\u0007nothing here\r\n', 'néedle \u{1F600}\r\n'])
  const search = async (text: string) => (await searchRecordings(await recordings.list(), text, ample)).matches
  expect((await search('needle')).map(({ recordingId, line }) => [recordingId, line])).toEqual([
    [first, '$ echo Needle'],
    [first, 'last nEEdle'],
  ])
  expect((await search('NÉEDLE \u{1F600}')).map(({ recordingId }) => recordingId)).toEqual([second])
  expect(await search('[0m')).toEqual([])
})

test('a match has the time at which its line began', async () => {
  const { recordings, record } = await makeRecordings()
  await record(['one\r\n', 'two needle\r\n'])
  const { matches } = await searchRecordings(await recordings.list(), 'two', ample)
  expect(matches).toEqual([{ recordingId: expect.any(String), at: expect.any(Number), line: 'two needle' }])
})

test('a long line is cut around the text, which is found once, also where the line was cut in two', async () => {
  const { recordings, record } = await makeRecordings()
  await record([`${'x'.repeat(4_093)}needle${'y'.repeat(5_000)}\r\n`])
  const { matches } = await searchRecordings(await recordings.list(), 'needle', ample)
  expect(matches).toHaveLength(1)
  expect(matches[0]?.line).toContain('needle')
  expect(matches[0]?.line.length).toBeLessThan(310)
})

test('matches and time are bounded, and what was left out is told', async () => {
  const { recordings, record } = await makeRecordings()
  await record(['needle\r\n'.repeat(60)])
  await record(['needle\r\n'.repeat(60)])
  const listing = await recordings.list()
  const all = await searchRecordings(listing, 'needle', ample)
  expect([all.matches.length, all.isCut]).toEqual([100, true])
  const few = await searchRecordings(listing, 'needle', { ...ample, matches: 70 })
  expect([few.matches.length, few.isCut]).toEqual([70, true])
  let ms = 0
  const late = await searchRecordings(listing, 'needle', { ...ample, now: () => (ms += 1), ms: 1 })
  expect(late).toEqual({ matches: [], isCut: true })
  expect((await searchRecordings(listing, 'no such text', ample)).isCut).toBe(false)
})
