import { expect, test } from 'vitest'
import { userIdentity } from '../iam/identity'
import { SessionHistory, countUpTo, type DescribedSession } from './history'

const DAY_MS = 86_400_000
const owner = userIdentity('111122223333', 'ann')
const ended = (id: string, endedAt: number): DescribedSession => ({
  id,
  target: 'i-1',
  status: 'Terminated',
  startedAt: endedAt - 1_000,
  endedAt,
  documentName: 'D',
  owner,
  reason: undefined,
  maxMinutes: undefined,
  accessType: 'Standard',
})
const idsOf = (list: ReturnType<SessionHistory['ended']>) => list.map(({ session }) => session.id)

test('keeps a session for 30 days after its end', () => {
  const history = new SessionHistory([ended('b', 2_000), ended('a', 1_000)])
  expect(new Set(idsOf(history.ended(30 * DAY_MS + 1_000)))).toEqual(new Set(['a', 'b']))
  expect(idsOf(history.ended(30 * DAY_MS + 1_001))).toEqual(['b'])
  expect([history.find('a'), history.find('b')?.id]).toEqual([undefined, 'b'])
})

test('sessions that come and go move no other session across a place in the order', () => {
  const records = Array.from({ length: 200 }, (_, at) => ended(`s-${at}`, at))
  const history = new SessionHistory(records)
  const before = history.ended(1_000)
  const at = before[100]!
  const place = { order: at.order, id: at.session.id }
  const rest = idsOf(before.slice(101))
  for (let more = 0; more < 50; more += 1) history.add(ended(`more-${more}`, 2_000 + more))
  const after = history.ended(3_000)
  expect(after).toHaveLength(250)
  expect(idsOf(after.slice(countUpTo(after, place))).filter((id) => id.startsWith('s-'))).toEqual(rest)
  expect(after.map(({ order }) => order)).toEqual(after.map(({ order }) => order).sort((a, b) => a - b))
})

test('a session that ends is Terminating for its time, without an end', () => {
  const history = new SessionHistory([], { terminatingMs: 1_500 })
  history.add(ended('a', 10_000))
  expect(history.closing(11_499)).toMatchObject([{ id: 'a', status: 'Terminating', endedAt: undefined }])
  expect([idsOf(history.ended(11_499)), history.find('a')?.status]).toEqual([[], 'Terminated'])
  expect([history.closing(11_500), idsOf(history.ended(11_500))]).toEqual([[], ['a']])
})

test('forgets the oldest above its limit', () => {
  const records = Array.from({ length: 2_000 }, (_, at) => ended(`s-${at}`, at))
  const history = new SessionHistory(records, { maxRecords: 2_000 })
  history.add(ended('one-more', 2_000))
  expect(history.ended(2_000)).toHaveLength(1_001)
  expect([history.find('s-999'), history.find('s-1000')?.id, history.find('one-more')?.id]).toEqual([
    undefined,
    's-1000',
    'one-more',
  ])
})
