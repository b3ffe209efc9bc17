import { expect, test, vi } from 'vitest'
import type { JournalEntry } from '../../shared/model/journal'
import {
  causeWords,
  destinationOf,
  detailsText,
  filterJournal,
  groupByDay,
  localIso,
  momentWords,
  secondWords,
} from './journal'

const NOW = new Date(2026, 10, 22, 12, 4, 11).getTime()

function entry(id: number, change: Partial<JournalEntry> = {}): JournalEntry {
  return { id, at: NOW, tone: 'idle', subject: { kind: 'app' }, text: 'Culvert started.', ...change }
}

const entries = [
  entry(5, {
    tone: 'failed',
    subject: { kind: 'forward', id: 'f1', name: 'payments-api' },
    text: 'could not carry a connection.',
    error: { code: 'destination-refused', message: 'Nothing answers on payments.internal:443. Check that it runs.' },
    facts: { Session: 'demo-0d5510ef' },
  }),
  entry(4, { tone: 'waiting', subject: { kind: 'forward', id: 'f2', name: 'search' }, text: 'waits for login.' }),
  entry(3, { tone: 'up', subject: { kind: 'terminal', id: 't1', name: 'web-1' }, text: 'is connected.' }),
  entry(2, { subject: { kind: 'environment', name: 'acme-prod' }, text: 'is open.' }),
  entry(1),
]

const destinations = new Map([['f2', 'search.internal:9200']])

test('lines are picked by kind, by words in all that is known of them, and by forward', () => {
  const picked = (filter: Partial<Parameters<typeof filterJournal>[1]>): readonly number[] =>
    filterJournal(entries, { segment: 'all', text: '', ...filter }).map(({ id }) => id)
  expect(picked({})).toEqual([5, 4, 3, 2, 1])
  expect(picked({ segment: 'problems' })).toEqual([5, 4])
  expect(picked({ segment: 'forwards' })).toEqual([5, 4])
  expect(picked({ segment: 'terminals' })).toEqual([3])
  expect(picked({ segment: 'app' })).toEqual([2, 1])
  expect(picked({ text: 'REFUSED payments' })).toEqual([5])
  expect(picked({ text: '0d5510ef' })).toEqual([5])
  expect(picked({ forwardId: 'f2' })).toEqual([4])
  expect(picked({ text: 'search.internal' })).toEqual([])
  expect(picked({ text: 'search.internal', destinations })).toEqual([4])
  expect(picked({ forwardId: 'f2', segment: 'terminals' })).toEqual([])
})

test('days are those of this computer, and last year says so', () => {
  const at = (...parts: [number, number, number, number, number]): number => new Date(...parts).getTime()
  const days = groupByDay(
    [
      entry(5, { at: at(2026, 10, 22, 0, 0) }),
      entry(4, { at: at(2026, 10, 21, 23, 59) }),
      entry(3, { at: at(2026, 10, 21, 0, 1) }),
      entry(2, { at: at(2026, 10, 19, 8, 0) }),
      entry(1, { at: at(2025, 10, 22, 8, 0) }),
    ],
    NOW,
  )
  expect(days.map(({ title, date, entries: ofDay }) => [title, date, ofDay.map(({ id }) => id)])).toEqual([
    ['Today', '22 November', [5]],
    ['Yesterday', '21 November', [4, 3]],
    ['Thursday', '19 November', [2]],
    ['Saturday', '22 November 2025', [1]],
  ])
  expect(new Set(days.map(({ key }) => key)).size).toBe(4)
  expect(secondWords(NOW)).toBe('12:04:11')
})

test('the first of a month follows the last of the one before as yesterday', () => {
  const [day] = groupByDay([entry(1, { at: new Date(2026, 9, 31).getTime() })], new Date(2026, 10, 1, 9).getTime())
  expect(day?.title).toBe('Yesterday')
})

test('details say everything that is known, line by line', () => {
  const [first] = entries
  expect(detailsText(first!)).toBe(
    [
      `${localIso(NOW)}  payments-api could not carry a connection.`,
      'Nothing answers on payments.internal:443. Check that it runs.',
      'Code: destination-refused',
      'Session: demo-0d5510ef',
    ].join('\n'),
  )
  expect(detailsText(entry(1))).toBe(`${localIso(NOW)}  Culvert started.`)
})

test('details stay lines of their own and in their order, whatever they hold', () => {
  const hostile = entry(6, {
    subject: { kind: 'terminal', id: 't1', name: '\u202egnp.live' },
    text: 'ended\nits shell.',
    error: { code: 'service', message: 'no\u200b\n\nentry' },
    facts: { 'a\nb': 'c\u2028d' },
  })
  expect(detailsText(hostile).split('\n')).toEqual([
    `${localIso(NOW)}  ⟨U+202E⟩gnp.live ended its shell.`,
    'no⟨U+200B⟩ entry',
    'Code: service',
    'a⟨U+000A⟩b: c d',
  ])
})

test('a line tells its cause without the advice, and what its forward reaches', () => {
  const caused = (message: string): string => causeWords(entry(1, { error: { code: 'network', message } }))
  expect(caused('Nothing answers on payments.internal:443. Check that it runs.')).toBe(
    'Nothing answers on payments.internal:443',
  )
  expect(caused('The service could not be reached (ECONNRESET): check the network.')).toBe(
    'The service could not be reached (ECONNRESET)',
  )
  expect(caused('It ended.')).toBe('It ended')
  expect(causeWords(entry(1))).toBe('')
  expect(entries.map((each) => destinationOf(each, destinations))).toEqual(['', 'search.internal:9200', '', '', ''])
})

test.each([
  ['America/New_York', '22 November 2026, 12:04:11 (UTC-05:00)', '2026-11-22T12:04:11-05:00'],
  ['Asia/Kolkata', '22 November 2026, 22:34:11 (UTC+05:30)', '2026-11-22T22:34:11+05:30'],
  ['UTC', '22 November 2026, 17:04:11 (UTC+00:00)', '2026-11-22T17:04:11+00:00'],
])('a moment is told in the zone of this computer, to the second: %s', (zone, words, iso) => {
  vi.stubEnv('TZ', zone)
  try {
    const at = Date.UTC(2026, 10, 22, 17, 4, 11)
    expect([momentWords(at), localIso(at)]).toEqual([words, iso])
    expect(new Date(iso).getTime()).toBe(at)
  } finally {
    vi.unstubAllEnvs()
  }
})
