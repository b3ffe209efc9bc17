// Lists of sessions while something around them changes: the clock is set back, the identity becomes known, two profiles are one account.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { ann, HOUR_MS, session, TestAccount, testSources, type TestSources } from './accountsessions.kit'
import { SessionList } from './sessionlist'

const ops: EnvironmentRef = { kind: 'aws', profile: 'ops' }
const dev: EnvironmentRef = { kind: 'aws', profile: 'dev' }

let sources: TestSources
let account: TestAccount
let list: SessionList

beforeEach(() => {
  sources = testSources()
  account = sources.accounts.get('ops')!
})
afterEach(() => list[Symbol.dispose]())

async function open(environments: readonly EnvironmentRef[] = [ops]): Promise<void> {
  list = new SessionList({ environments, filters: {}, sinceAt: sources.nowAt - 24 * HOUR_MS }, sources)
  await list.settled()
}

/** Lets a time pass, and reads the list as a view does. */
async function later(ms: number): Promise<void> {
  sources.nowAt += ms
  list.page(0, 1)
  await list.settled()
}

test('a clock that is set back does not stop the list', async () => {
  await open()
  account.add(session('new'))
  await later(-HOUR_MS)
  expect([...list.all()].map(({ id }) => id)).toEqual(['new'])
})

test('once the identity is known, ended sessions are mine as well', async () => {
  account.identityFailure = new AppError('network', 'STS is down.')
  const endAt = sources.nowAt - HOUR_MS
  account.add(session('open', { owner: ann }))
  account.add(session('over', { owner: ann, status: 'Terminated', startAt: endAt - 1_000, endAt }))
  const holders = (): string[] => [...list.all()].map(({ id, holder }) => `${id} ${holder}`).toSorted()
  await open()
  expect(holders()).toEqual(['open others', 'over others'])
  account.identityFailure = undefined
  await later(5_000)
  await later(5_000)
  expect(holders()).toEqual(['open mine', 'over mine'])
})

test('a session of mine that two profiles list stays the row of one of them', async () => {
  const same = new TestAccount('dev')
  sources.accounts.set('dev', same)
  for (const one of [account, same]) one.add(session('mine', { owner: ann }))
  await open([ops, dev])
  const [before] = [...list.all()]
  const { revision } = list.page(0, 10)
  await later(5_000)
  await later(5_000)
  expect([list.page(revision, 10).set, [...list.all()][0]?.place.name]).toEqual([[], before?.place.name])
})
