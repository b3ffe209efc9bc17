import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AccountSession, SessionDetail } from '../../../shared/model/accountsession'
import { aligned, detailText, listText, localTime, spanWords } from './sessionstext'

const START = Date.UTC(2026, 10, 29, 11, 3, 0)
const NOW = START + 125 * 60_000

const zone = process.env['TZ']
beforeAll(() => {
  process.env['TZ'] = 'Asia/Kolkata'
})
afterAll(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

const row: AccountSession = {
  id: 'ann-0a1b2c3d4e5f60718',
  place: { ref: { kind: 'demo' }, name: 'Demo', region: 'eu-west-1' },
  state: 'active',
  holder: 'mine',
  owner: 'arn:aws:iam::111122223333:user/ann',
  target: 'i-1',
  targetName: 'web\u202e-1',
  reason: 'a\nb',
  startAt: START,
}

test('a list is blocks under a heading whose values begin in one column', () => {
  expect(
    listText([row, { ...row, id: 'bob-1', state: 'terminated', endAt: START + 40_000, maxDurationMs: 3_600_000 }], NOW),
  ).toBe(`Session information:
  ID:                  ann-0a1b2c3d4e5f60718
    Status:            active
    Holder:            mine
    Start Time:        2026-11-29T16:33:00+05:30
    Duration:          2 h 5 min
    Owner:             arn:aws:iam::111122223333:user/ann
    Target ID:         i-1
    Target Name:       web⟨U+202E⟩-1
    Reason:            a b

  ID:                  bob-1
    Status:            terminated
    Holder:            mine
    Start Time:        2026-11-29T16:33:00+05:30
    End Time:          2026-11-29T16:33:40+05:30
    Duration:          40 s
    Maximum Duration:  1 h
    Owner:             arn:aws:iam::111122223333:user/ann
    Target ID:         i-1
    Target Name:       web⟨U+202E⟩-1
    Reason:            a b
`)
  expect(listText([], NOW)).toBe('No sessions found.\n')
})

test('one session is told with its states, newest first, and where the account logs', () => {
  const detail: SessionDetail = {
    ...row,
    type: 'port',
    endpoint: 'tcp://localhost:80',
    connectionsUsed: 3,
    connectionLimit: 5,
    bytesUp: 12_345,
    isRecorded: true,
    states: [
      { state: 'active', startAt: START + 1_000 },
      { state: 'pending', startAt: START, endAt: START + 1_000 },
    ],
    logs: { s3: 'https://s3.example/x' },
  }
  const text = detailText(detail, NOW)
  expect(text).toContain('\n  Connections Used:  3 of 5\n  Bytes Up:          12,345\n')
  expect(text).toContain(
    '\n\n  Logs:              (where the account logs)\n    S3:              https://s3.example/x\n',
  )
  expect(text).toMatch(
    /\n\n {2}States:\n {4}Start Time: {6}2026-11-29T16:33:01\+05:30\n {4}Status: {10}active\n\n {4}End Time: {8}2026-11-29T16:33:01\+05:30\n {4}Start Time: {6}2026-11-29T16:33:00\+05:30\n {4}Status: {10}pending\n$/,
  )
  expect(detailText({ ...detail, isRecorded: false }, NOW)).toContain('States:            (as AWS knows them)\n')
})

test('times and spans', () => {
  expect([localTime(undefined), localTime(START)]).toEqual([undefined, '2026-11-29T16:33:00+05:30'])
  expect([0, 59_000, 60_000, 3_600_000, 3_720_000].map(spanWords)).toEqual(['0 s', '59 s', '1 min', '1 h', '1 h 2 min'])
  expect(
    aligned('H:', [
      [1, 'A', 'x'],
      [2, 'Long', undefined],
      [1, 'B', ''],
    ]),
  ).toBe('H:\n  A:  x\n  B:\n')
})

test('a session that began by a clock ahead of this one has lasted for 0 s', () => {
  expect([-500, -90_000_000].map((ms) => spanWords(ms))).toEqual(['0 s', '0 s'])
})

test('a session that has ended at a time that is not known has no duration', () => {
  const row = {
    id: 'a',
    place: { ref: { kind: 'demo' }, name: 'Demo', region: 'r' },
    holder: 'mine',
    owner: '',
    target: 'i-1',
  } as const
  expect(listText([{ ...row, state: 'terminated', startAt: START }], NOW)).not.toContain('Duration')
  expect(listText([{ ...row, state: 'active', startAt: START }], NOW)).toMatch(/Duration: +2 h 5 min/)
})
