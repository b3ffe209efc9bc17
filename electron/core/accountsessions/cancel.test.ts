import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { JournalEntry } from '../../../shared/model/journal'
import { openJournal, type Journal } from '../store/journal'
import { TestAccount, testSources, type TestSources } from './accountsessions.kit'
import { cancelSessions, type CancelMeans } from './cancel'

const ops: EnvironmentRef = { kind: 'aws', profile: 'ops' }
const denied = new AppError('access-denied', 'Not authorized.')

let sources: TestSources
let account: TestAccount
let journal: Journal
let entries: JournalEntry[]
let turnedOff: string[]

beforeEach(async () => {
  sources = testSources()
  account = sources.accounts.get('ops')!
  entries = []
  turnedOff = []
  journal = await openJournal('/nowhere', { now: Date.now, onEntry: (entry) => entries.push(entry) })
})
afterEach(() => journal[Symbol.asyncDispose]())

function means(): CancelMeans {
  return {
    ...sources,
    journal,
    openEnvironments: () => [...sources.accounts.values()].map(({ environment }) => environment),
    turnOff: ({ id }) => {
      turnedOff.push(id)
      return Promise.resolve()
    },
    revoke: () => Promise.resolve(false),
    signal: new AbortController().signal,
  }
}

const wanted = (...ids: string[]) => ids.map((sessionId) => ({ environment: ops, sessionId }))
const texts = () => entries.map(({ text, facts }) => `${text} ${facts?.['Sessions']}`)

test('sessions are ended, canceling until AWS says that they are over, and a line of the journal names them', async () => {
  const outcomes = await cancelSessions(wanted('a', 'b'), false, means())
  expect(outcomes).toEqual(
    ['a', 'b'].map((sessionId) => ({ place: expect.objectContaining({ name: 'ops' }), sessionId })),
  )
  expect(account.terminated.sort()).toEqual(['a', 'b'])
  expect([sources.canceling.has('a'), sources.canceling.has('b')]).toEqual([true, true])
  expect(texts()).toEqual(['was asked to end 2 sessions. a, b'])
  expect(entries[0]?.subject).toEqual({ kind: 'environment', name: 'ops' })
})

test('one that may not be ended names the permission and the ARN, and keeps no other session', async () => {
  sources.accounts.set('dev', new TestAccount('dev'))
  account.failure = denied
  const dev: EnvironmentRef = { kind: 'aws', profile: 'dev' }
  const outcomes = await cancelSessions([...wanted('a'), { environment: dev, sessionId: 'd' }], false, means())
  expect(outcomes[0]?.error).toEqual({
    code: 'access-denied',
    message:
      'arn:aws:sts::111122223333:assumed-role/ops/ann may not end this session: ask for an IAM policy that allows ' +
      'ssm:TerminateSession on arn:aws:ssm:eu-west-1:111122223333:session/a.',
  })
  expect(outcomes[1]).not.toHaveProperty('error')
  expect([sources.canceling.has('a'), account.environment.ownEnds.has('a')]).toEqual([false, false])
  expect(texts()).toEqual(['did not end 1 session. a', 'was asked to end 1 session. d'])
})

test('a forward is turned off first where that is wanted; else its end counts as ours, in every environment', async () => {
  sources.accounts.set('dev', new TestAccount('dev'))
  sources.carriedNow.set('a', { carrier: { kind: 'forward', id: 'f', name: 'page' } })
  await cancelSessions(wanted('a', 'b'), false, means())
  expect(turnedOff).toEqual([])
  for (const { environment } of sources.accounts.values()) expect(environment.ownEnds.has('a')).toBe(true)
  await cancelSessions(wanted('a', 'b'), true, means())
  expect(turnedOff).toEqual(['f'])
})

test('an environment that cannot be opened is the error of its sessions', async () => {
  const none: EnvironmentRef = { kind: 'aws', profile: 'none' }
  const [outcome] = await cancelSessions([{ environment: none, sessionId: 'a' }], false, means())
  expect(outcome).toMatchObject({ place: { name: 'none' }, error: { code: 'profile-unknown' } })
  expect(sources.canceling.has('a')).toBe(false)
})

test('a line of the journal names ten of many', async () => {
  await cancelSessions(wanted(...Array.from({ length: 12 }, (_, index) => `s-${index}`)), false, means())
  expect(texts()[0]).toMatch(/^was asked to end 12 sessions\. s-0, .*s-9 and 2 more$/)
})
