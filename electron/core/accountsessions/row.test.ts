import { expect, test } from 'vitest'
import type { ListedSession } from '../../../shared/sessionlisting'
import { markedReason } from '../../../shared/sessionmark'
import type { LedgerRecord } from '../ledger/record'
import { ann, bob, installation, record, session, testSources } from './accountsessions.kit'
import { newestFirst, rowOf, type RowFacts } from './row'

const place = { ref: { kind: 'aws', profile: 'ops' }, name: 'ops', region: 'eu-west-1' } as const
const mark = { installation, record: '00aa11bb22cc' }

function shown(
  listed: ListedSession,
  known: { records?: readonly LedgerRecord[] } & Partial<Omit<RowFacts, 'records'>> = {},
) {
  const { records: all = [], ...facts } = known
  const { records } = testSources()
  records.all.push(...all)
  return rowOf(listed, {
    place,
    records,
    identity: ann,
    nameOf: () => undefined,
    carrierOf: () => undefined,
    isCanceling: () => false,
    share: (text) => text,
    nowAt: 2_000_000,
    ...facts,
  })
}

test('a session of another person has what AWS says of it, and nothing of ours', () => {
  expect(
    shown(session('bob-1', { reason: 'ticket 7', document: 'AWS-StartSSHSession', maxDurationMs: 60_000 }), {
      nameOf: () => 'web-1',
    }),
  ).toEqual({
    id: 'bob-1',
    place,
    state: 'active',
    holder: 'others',
    owner: bob,
    target: 'i-1',
    targetName: 'web-1',
    document: 'AWS-StartSSHSession',
    reason: 'ticket 7',
    startAt: 1_000_000,
    maxDurationMs: 60_000,
  })
})

test.each([
  ['mine by the same ARN', { owner: ann }, [], 'mine'],
  [
    'mine with a mark of this installation without a record',
    { owner: ann, reason: markedReason('x', mark) },
    [],
    'mine',
  ],
  [
    "another computer's by its mark",
    { owner: ann, reason: markedReason('x', { ...mark, installation: 'ffffffffffff' }) },
    [],
    'another-computer',
  ],
  [
    "another person's with the mark of an installation",
    { owner: bob, reason: markedReason('x', { ...mark, installation: 'ffffffffffff' }) },
    [],
    'others',
  ],
  ['mine under another profile', { owner: bob }, [record({ sessionId: 's' })], 'mine'],
  ['left over', { owner: ann }, [record({ sessionId: 's', isAlive: false })], 'left-over'],
  [
    'left over before its id had come',
    { owner: ann, reason: markedReason(undefined, mark) },
    [record({ isAlive: false })],
    'left-over',
  ],
  [
    'with a mark that was copied from another session of ours',
    { owner: bob, reason: markedReason(undefined, mark) },
    [record({ isAlive: false, sessionId: 'another' })],
    'others',
  ],
  [
    'with a mark of ours for another target',
    { owner: bob, reason: markedReason(undefined, mark), target: 'i-2' },
    [record({ isAlive: false })],
    'others',
  ],
  [
    'mine once it has ended, although its process is dead',
    { owner: ann, status: 'Terminated' },
    [record({ sessionId: 's', isAlive: false })],
    'mine',
  ],
] as const)('a session is %s', (_, listed, records, holder) => {
  expect(shown(session('s', listed), { records }).holder).toBe(holder)
})

test.each([
  ['Connecting', 'pending'],
  ['Connected', 'active'],
  ['Disconnected', 'resuming'],
  ['Terminating', 'canceling'],
  ['Terminated', 'terminated'],
  ['Failed', 'terminated'],
] as const)('a session that is %s is %s', (status, state) => {
  expect(shown(session('s', { status })).state).toBe(state)
})

test('a session of a living process of ours is as that process says, until AWS says that it has ended', () => {
  const resuming = record({ sessionId: 's', states: [{ state: 'resuming', startAt: 1_900_000 }] })
  expect(shown(session('s'), { records: [resuming] }).state).toBe('resuming')
  expect(shown(session('s', { status: 'Terminated', endAt: 1_950_000 }), { records: [resuming] })).toMatchObject({
    state: 'terminated',
    endAt: 1_950_000,
  })
})

test('a session that we have ended is canceling for the two minutes in which AWS may still list it', () => {
  const records = [record({ sessionId: 's', states: [{ state: 'terminated', startAt: 1_900_000 }] })]
  expect(shown(session('s'), { records, nowAt: 1_900_000 + 119_000 }).state).toBe('canceling')
  expect(shown(session('s'), { records, nowAt: 1_900_000 + 121_000 }).state).toBe('active')
  expect(shown(session('s'), { isCanceling: () => true }).state).toBe('canceling')
})

test('a left over session without a client is active, as AWS counts it: nothing will resume it', () => {
  const records = [record({ sessionId: 's', isAlive: false, states: [{ state: 'resuming', startAt: 1 }] })]
  expect(shown(session('s', { status: 'Disconnected' }), { records }).state).toBe('active')
})

test('the reason is the text of the person, whole where the ledger has it, without the mark', () => {
  const reason = markedReason('ticket 7', { ...mark, installation: 'ffffffffffff' })
  expect(shown(session('s', { reason })).reason).toBe('ticket 7')
  expect(shown(session('s', { reason: markedReason(undefined, mark) }))).not.toHaveProperty('reason')
  const records = [record({ sessionId: 's', reason: 'a long text' })]
  expect(shown(session('s', { reason: markedReason('a lo', mark) }), { records }).reason).toBe('a long text')
})

test('what the ledger knows fills what AWS does not say', () => {
  const records = [record({ sessionId: 's', targetName: 'web-9', lastUsedAt: 1_999_000 })]
  expect(shown(session('s'), { records })).toMatchObject({ targetName: 'web-9', lastUsedAt: 1_999_000 })
})

test('sessions are sorted by their start, the newest first', () => {
  const rows = [session('old', { startAt: 1 }), session('new', { startAt: 3 }), session('mid', { startAt: 2 })]
  const { startAt: _startAt, ...without } = session('none')
  expect(
    [...rows, without]
      .map((one) => shown(one))
      .sort(newestFirst)
      .map(({ id }) => id),
  ).toEqual(['new', 'mid', 'old', 'none'])
})
