import { beforeEach, expect, test } from 'vitest'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { SessionFilters } from '../../../shared/model/accountsession'
import type { LedgerRecord } from '../ledger/record'
import { ann, bob, record, testSources, type TestSources } from './accountsessions.kit'
import { cancelSessions } from './cancel'
import { isAuthorizedIn, passes, pendingRow } from './pending'
import { readSession } from './read'
import { SessionList } from './sessionlist'

const ops: EnvironmentRef = { kind: 'aws', profile: 'ops' }
const id = 'pending:00aa11bb22cc'

let sources: TestSources
let authorized: LedgerRecord

beforeEach(() => {
  sources = testSources()
  authorized = record({
    account: '111122223333',
    authorizedBy: ann,
    targetName: 'db-1',
    expiresAt: sources.nowAt + 60_000,
    connectionLimit: 2,
    states: [{ state: 'pending', startAt: 1_000_000 }],
  })
  sources.records.all.push(authorized)
})

test('a list has an authorization as pending until it is redeemed', async () => {
  using list = new SessionList({ environments: [ops], filters: {}, sinceAt: 0 }, sources)
  await list.settled()
  const { set, revision } = list.page(0, 10)
  expect(set).toEqual([
    {
      id,
      place: { ref: { ...ops, region: 'eu-west-1' }, name: 'ops', region: 'eu-west-1' },
      state: 'pending',
      holder: 'mine',
      owner: ann,
      target: 'i-1',
      targetName: 'db-1',
      document: 'AWS-StartPortForwardingSession',
      startAt: 1_000_000,
    },
  ])
  expect(list.page(revision, 10)).toMatchObject({ set: [], gone: [] })
  sources.records.all.splice(0, 1, { ...authorized, sessionId: 'ann-1' })
  expect(list.page(revision, 10)).toMatchObject({ set: [], gone: [id] })
})

test.each<[SessionFilters, boolean]>([
  [{ owner: 'me' }, true],
  [{ owner: ann }, true],
  [{ owner: 'ann' }, true],
  [{ owner: bob }, false],
  [{ owner: 'nn' }, false],
  [{ target: 'i-1' }, true],
  [{ target: 'db-1' }, true],
  [{ target: 'db' }, false],
  [{ status: 'Connecting' }, true],
  [{ status: 'Connected' }, false],
  [{ accessType: 'just-in-time' }, false],
])('the filters %j let it pass: %j', (filters, isIn) => {
  expect(passes(authorized, filters)).toBe(isIn)
})

test('it belongs to the environments of its region and account', () => {
  const place = { ref: ops, name: 'ops', region: 'eu-west-1' }
  expect(isAuthorizedIn(authorized, place, ann)).toBe(true)
  expect(isAuthorizedIn(authorized, { ...place, name: 'same account' }, bob)).toBe(true)
  expect(isAuthorizedIn(authorized, place, ann.replace('111122223333', '444455556666'))).toBe(false)
  expect(isAuthorizedIn(authorized, { ...place, region: 'eu-west-2' }, ann)).toBe(false)
  expect(isAuthorizedIn(authorized, { ...place, ref: { kind: 'demo' } }, ann)).toBe(false)
  // Without an identity the name decides.
  expect(isAuthorizedIn(authorized, place, undefined)).toBe(true)
  expect(isAuthorizedIn(authorized, { ...place, name: 'dev' }, undefined)).toBe(false)
})

test('it is read without asking AWS, with its limits; one that was redeemed names its session', async () => {
  expect(await readSession(ops, id, sources)).toMatchObject({
    id,
    state: 'pending',
    type: 'port',
    isRecorded: true,
    connectionsUsed: 0,
    connectionLimit: 2,
    expiresAt: authorized.expiresAt,
    states: [{ state: 'pending', startAt: 1_000_000 }],
  })
  expect(sources.accounts.get('ops')!.asked).toEqual([])
  sources.records.all.splice(0, 1, { ...authorized, sessionId: 'ann-1' })
  await expect(readSession(ops, id, sources)).rejects.toMatchObject({
    code: 'session-gone',
    message: expect.stringContaining('ann-1') as string,
  })
})

test('its end revokes it; one that another process keeps names that process', async () => {
  const revoked: string[] = []
  const cancel = (isKept: boolean | undefined, sessionId = id) =>
    cancelSessions([{ environment: ops, sessionId }], false, {
      ...sources,
      journal: { add: () => undefined },
      openEnvironments: () => [],
      turnOff: () => Promise.resolve(),
      revoke: (recordId) => {
        revoked.push(recordId)
        return isKept === undefined ? Promise.reject(new Error('silent')) : Promise.resolve(isKept)
      },
      signal: new AbortController().signal,
    })
  expect((await cancel(true))[0]?.error).toBeUndefined()
  expect((await cancel(false))[0]?.error?.message).toMatch(/culvert authorize --hold, process 1: .*kill 1\.$/)
  expect((await cancel(false, 'pending:ffffffffffff'))[0]?.error?.code).toBe('session-gone')
  expect(revoked).toEqual(['00aa11bb22cc', '00aa11bb22cc', 'ffffffffffff'])
  expect(sources.accounts.get('ops')!.terminated).toEqual([])
  // The end of the session that redeems it revokes it too: its holder would open another one.
  sources.records.all.splice(0, 1, { ...authorized, sessionId: 'ann-1', authorization: authorized.id })
  expect((await cancel(true, 'ann-1'))[0]?.error).toBeUndefined()
  expect(revoked.at(-1)).toBe('00aa11bb22cc')
  expect((await cancel(undefined, 'ann-1'))[0]?.error).toBeUndefined()
  expect((await cancel(undefined))[0]?.error).toMatchObject({ message: expect.stringContaining('silent') as string })
  expect(sources.accounts.get('ops')!.terminated).toEqual(['ann-1', 'ann-1'])
})

test.each([
  [{ type: 'port' as const, endpoint: 'tcp://i-1:80' }, 'AWS-StartPortForwardingSession'],
  [{ type: 'port' as const, endpoint: 'tcp://db:80' }, 'AWS-StartPortForwardingSessionToRemoteHost'],
  [{ type: 'ssh' as const }, 'AWS-StartSSHSession'],
  [{ type: 'shell' as const }, undefined],
  [{ type: 'shell' as const, document: 'Own' }, 'Own'],
])('%j has the document %j', (more, document) => {
  const place = { ref: ops, name: 'ops', region: 'eu-west-1' }
  expect(pendingRow({ ...authorized, ...more }, place).document).toBe(document)
})
