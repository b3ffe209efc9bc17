import { beforeEach, expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { ann, record, session, testSources, type TestAccount, type TestSources } from './accountsessions.kit'
import { readSession, statesOf } from './read'

const ops: EnvironmentRef = { kind: 'aws', profile: 'ops' }

let sources: TestSources
let account: TestAccount
beforeEach(() => {
  sources = testSources()
  account = sources.accounts.get('ops')!
})

test('a session of others has what AWS knows: its start and end, and where the account logs', async () => {
  account.add(session('bob-1', { status: 'Terminated', endAt: 1_060_000 }))
  expect(await readSession(ops, 'bob-1', sources)).toMatchObject({
    place: { ref: { kind: 'aws', profile: 'ops', region: 'eu-west-1' }, name: 'ops', region: 'eu-west-1' },
    state: 'terminated',
    holder: 'others',
    type: 'shell',
    isRecorded: false,
    states: [
      { state: 'terminated', startAt: 1_060_000 },
      { state: 'active', startAt: 1_000_000, endAt: 1_060_000 },
    ],
    logs: { s3: expect.stringContaining('bob-1.log') },
  })
})

test('a session of ours has the states that it has told, what leads to it, and what the app carries now', async () => {
  account.add(session('ann-1', { owner: ann, document: 'AWS-StartPortForwardingSession' }))
  sources.records.all.push(
    record({ sessionId: 'ann-1', endpoint: 'tcp://localhost:5432', bytesUp: 7, connectionsUsed: 2 }),
  )
  sources.carriedNow.set('ann-1', {
    carrier: { kind: 'forward', id: 'f', name: 'db' },
    localAddress: '127.0.0.1:5432',
    connectionLimit: 3,
    bytesUp: 99,
    bytesDown: 5,
    expiresAt: 9_000_000,
  })
  const read = await readSession(ops, 'ann-1', sources)
  expect(read).toMatchObject({
    type: 'port',
    isRecorded: true,
    states: [{ state: 'active', startAt: 1_001_000 }],
    endpoint: 'tcp://localhost:5432',
    localAddress: '127.0.0.1:5432',
    carrier: { kind: 'forward', id: 'f' },
    connectionsUsed: 2,
    connectionLimit: 3,
    bytesUp: 7,
    bytesDown: 5,
    expiresAt: 9_000_000,
  })
  // AWS logs no port sessions.
  expect(read).not.toHaveProperty('logs')
})

test('a session that AWS has forgotten, or may not be asked for, is shown as it is on record', async () => {
  sources.records.all.push(
    record({
      sessionId: 'old',
      states: [
        { state: 'terminated', startAt: 1_100_000 },
        { state: 'active', startAt: 1 },
      ],
    }),
  )
  const shown = { id: 'old', state: 'terminated', endAt: 1_100_000, holder: 'mine', isRecorded: true }
  expect(await readSession(ops, 'old', sources)).toMatchObject(shown)
  account.failure = new AppError('access-denied', 'May not ssm:DescribeSessions.')
  expect(await readSession(ops, 'old', sources)).toMatchObject(shown)
})

test('a session of a dead process is not called ended while AWS may not be asked, and its end is not made up', async () => {
  sources.records.all.push(record({ sessionId: 'left', isAlive: false }))
  account.failure = new AppError('access-denied', 'May not ssm:DescribeSessions.')
  const states = [{ state: 'active', startAt: 1_001_000 }]
  expect(await readSession(ops, 'left', sources)).toMatchObject({ state: 'active', holder: 'left-over', states })
  account.failure = undefined
  const forgotten = await readSession(ops, 'left', sources)
  expect(forgotten).toMatchObject({ state: 'terminated', holder: 'mine', states })
  expect(forgotten).not.toHaveProperty('endAt')
})

test('a session that neither AWS nor the ledger knows is gone; where AWS may not be asked, that is the error', async () => {
  await expect(readSession(ops, 'none', sources)).rejects.toMatchObject({ code: 'session-gone' })
  account.failure = new AppError('access-denied', 'May not ssm:DescribeSessions.')
  await expect(readSession(ops, 'none', sources)).rejects.toMatchObject({ code: 'access-denied' })
})

test('the end that AWS knows closes the states of a session whose process did not see it', () => {
  const ended = session('s', { status: 'Terminated', endAt: 5_000 })
  expect(statesOf(ended, record({ states: [{ state: 'active', startAt: 2_000 }] }))).toEqual([
    { state: 'terminated', startAt: 5_000 },
    { state: 'active', startAt: 2_000, endAt: 5_000 },
  ])
  const own = [{ state: 'terminated', startAt: 4_000 }] as const
  expect(statesOf(ended, record({ states: own }))).toBe(own)
  const { startAt: _startAt, ...bare } = session('s')
  expect(statesOf(bare, undefined)).toEqual([])
})
