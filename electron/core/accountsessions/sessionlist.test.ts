import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { SessionFilters } from '../../../shared/model/accountsession'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { ann, bob, HOUR_MS, record, session, TestAccount, testSources, type TestSources } from './accountsessions.kit'
import { SessionList } from './sessionlist'

const ops: EnvironmentRef = { kind: 'aws', profile: 'ops' }
const dev: EnvironmentRef = { kind: 'aws', profile: 'dev' }
const throttled = new AppError('throttled', 'AWS asks for fewer calls.')

let sources: TestSources
let account: TestAccount
let list: SessionList | undefined

beforeEach(() => {
  sources = testSources()
  account = sources.accounts.get('ops')!
})
afterEach(() => list?.[Symbol.dispose]())

/** Opens a list of the last 24 hours and reads it to the end of what is due. */
async function open(
  filters: SessionFilters = {},
  environments: readonly EnvironmentRef[] = [ops],
): Promise<SessionList> {
  list = new SessionList({ environments, filters, sinceAt: sources.nowAt - 24 * HOUR_MS }, sources)
  await list.settled()
  return list
}

/** Lets a time pass, and reads the list as a view does. */
async function later(ms: number): Promise<void> {
  sources.nowAt += ms
  list?.page(0, 1)
  await list?.settled()
}

const ids = (): string[] => [...list!.all()].map(({ id }) => id).sort()
const stateOf = (id: string): string | undefined => [...list!.all()].find((row) => row.id === id)?.state
const ended = (id: string, endAt: number, more = {}) =>
  session(id, { status: 'Terminated', startAt: endAt - 60_000, endAt, ...more })

describe('a list', () => {
  test('has the active sessions and those that ended in its time, on however many pages', async () => {
    const now = sources.nowAt
    account.add(...['a', 'b', 'c', 'd', 'e'].map((id) => session(id)))
    account.add(ended('recent', now - HOUR_MS), ended('long', now - 23 * HOUR_MS, { startAt: now - 40 * HOUR_MS }))
    account.add(ended('before', now - 25 * HOUR_MS))
    await open()
    expect(ids()).toEqual(['a', 'b', 'c', 'd', 'e', 'long', 'recent'])
    expect(list!.state).toEqual({
      isLoading: false,
      loadedSinceAt: now - 24 * HOUR_MS,
      hasOlder: true,
      problems: [],
    })
  })

  test('loads older ones on demand, up to 30 days, without the newer ones again', async () => {
    const now = sources.nowAt
    sources.nowAt += 50 * 24 * HOUR_MS
    const at = (days: number): number => now + (50 - days) * 24 * HOUR_MS
    account.add(ended('1', at(0.5)), ended('5', at(5)), ended('29', at(29)), ended('31', at(31)))
    await open()
    expect(ids()).toEqual(['1'])
    account.asked.length = 0
    list!.older(at(7))
    expect(list!.state.isLoading).toBe(true)
    await list!.settled()
    expect(ids()).toEqual(['1', '5'])
    expect(account.asked[0]).toMatchObject({ state: 'History', startedBefore: at(1) })
    list!.older(0)
    await list!.settled()
    expect(ids()).toEqual(['1', '29', '5'])
    expect(list!.state).toMatchObject({ hasOlder: false, loadedSinceAt: at(30) })
  })

  test('stops loading: what is loaded stays, the rest is marked as not loaded and comes on demand', async () => {
    const now = sources.nowAt
    account.add(ended('a', now - HOUR_MS), ended('b', now - HOUR_MS), ended('c', now - HOUR_MS))
    list = new SessionList({ environments: [ops], filters: {}, sinceAt: now - 24 * HOUR_MS }, sources)
    list.stop()
    await list.settled()
    expect(ids()).toEqual([])
    account.failure = throttled
    list.older(now - 24 * HOUR_MS)
    await list.settled()
    list.stop()
    expect(list.state).toMatchObject({ isLoading: false, loadedSinceAt: now, hasOlder: true })
    account.failure = undefined
    await later(5_000)
    expect(ids()).toEqual([])
    list.older(now - 24 * HOUR_MS)
    await list.settled()
    expect(ids()).toEqual(['a', 'b', 'c'])
  })

  test('is asked for again after 5 s and only while it is read: new sessions come, ended ones end', async () => {
    account.add(session('a'), session('b'))
    await open()
    account.asked.length = 0
    await later(4_999)
    expect(account.asked).toEqual([])
    account.add(ended('a', sources.nowAt), session('new'))
    await later(1)
    expect([ids(), stateOf('a'), stateOf('new')]).toEqual([['a', 'b', 'new'], 'terminated', 'active'])
    sources.nowAt += HOUR_MS
    await list!.settled()
    const { length } = account.asked
    await Promise.resolve()
    expect(account.asked.length).toBe(length)
  })

  test('has ended a session that neither list of AWS has any more', async () => {
    account.add(session('a'))
    await open()
    account.sessions.delete('a')
    await later(5_000)
    expect([...list!.all()]).toMatchObject([{ id: 'a', state: 'terminated', endAt: sources.nowAt }])
  })

  test('learns the ends of many sessions at once with few calls', async () => {
    account.pageSize = 200
    account.add(...Array.from({ length: 60 }, (_, index) => session(`s-${index}`)))
    await open()
    account.asked.length = 0
    for (let index = 0; index < 60; index += 1) account.add(ended(`s-${index}`, sources.nowAt))
    await later(5_000)
    expect(ids().filter((id) => stateOf(id) === 'terminated')).toHaveLength(60)
    expect(account.asked.length).toBeLessThan(15)
  })

  test('finds sessions that were too short for two polls, once a minute', async () => {
    await open()
    account.add(ended('short', sources.nowAt + 2_000, { startAt: sources.nowAt + 1_000 }))
    await later(5_000)
    expect(ids()).toEqual([])
    await later(55_000)
    expect(ids()).toEqual(['short'])
  })
})

describe('filters', () => {
  test('of an owner by ARN, by name and by "me" find the sessions of that owner', async () => {
    account.add(session('bob-1'), session('ann-1', { owner: ann }))
    await open({ owner: 'me' })
    expect([ids(), account.asked[0]]).toEqual([['ann-1'], { state: 'Active', owner: ann }])
    await open({ owner: 'bob' })
    expect(ids()).toEqual(['bob-1'])
    await open({ owner: bob })
    expect(ids()).toEqual(['bob-1'])
  })

  test('of a status that has gone remove the session', async () => {
    account.add(session('a'), ended('over', sources.nowAt - HOUR_MS))
    await open({ status: 'Connected' })
    expect([ids(), list!.state.hasOlder]).toEqual([['a'], false])
    account.add(session('a', { status: 'Disconnected' }))
    const { revision } = list!.page(0, 10)
    await later(5_000)
    expect(list!.page(revision, 10)).toMatchObject({ set: [], gone: ['a'] })
  })

  test('of a Name are asked for by the id, and are loading until the last page', async () => {
    account.instances = [
      {
        id: 'i-1',
        kind: 'ec2',
        name: 'web-1',
        tags: {},
        platform: 'linux',
        state: 'running',
        agent: { kind: 'online' },
      },
    ]
    account.add(session('a'), session('b'), session('c'), session('d', { target: 'i-2' }))
    account.failAt = 2
    await open({ target: 'web-1', status: 'Connected' })
    expect(account.asked[0]).toEqual({ state: 'Active', target: 'i-1', status: 'Connected' })
    expect([ids(), list!.state.isLoading]).toEqual([['a', 'b'], true])
    await later(5_000)
    expect([ids(), list!.state.isLoading]).toEqual([['a', 'b', 'c'], false])
  })

  test('of a Name that no instance has tell it', async () => {
    await open({ target: 'web-9' })
    expect(list!.state).toMatchObject({
      isLoading: false,
      problems: [{ place: { name: 'ops' }, error: { code: 'unknown-instance' } }],
    })
  })
})

describe('trouble', () => {
  test('of throttling is told with the time of the next try, and the page that failed is asked for again', async () => {
    account.add(session('a'), session('b'), session('c'))
    account.failure = throttled
    await open()
    expect(list!.state).toMatchObject({
      isLoading: true,
      problems: [{ error: { code: 'throttled' }, retryAt: sources.nowAt + 5_000 }],
    })
    await later(4_000)
    const { length } = account.asked
    await later(1_000)
    expect(account.asked.length).toBe(length + 1)
    expect(list!.state.problems[0]?.retryAt).toBe(sources.nowAt + 10_000)
    account.failure = undefined
    await later(10_000)
    expect([ids(), list!.state.problems]).toEqual([['a', 'b', 'c'], []])
  })

  test('ends with a wake: the next reading asks AWS', async () => {
    account.add(session('a'))
    await open()
    account.failure = new AppError('credentials-expired', 'Log in.')
    await later(5_000)
    expect(list!.state.problems).toMatchObject([{ error: { code: 'credentials-expired' } }])
    account.failure = undefined
    await later(1_000)
    expect(list!.state.problems).toHaveLength(1)
    account.environment.wake()
    await later(0)
    expect(list!.state.problems).toEqual([])
    list![Symbol.dispose]()
    expect(account.environment.wakeables.size).toBe(0)
  })

  test('of one environment is told with its name, and the others are shown', async () => {
    sources.accounts.set('dev', new TestAccount('dev'))
    account.failure = new AppError('access-denied', 'May not ssm:DescribeSessions.')
    sources.accounts.get('dev')!.add(session('d'))
    await open({}, [ops, dev, { kind: 'aws', profile: 'none' }])
    expect(ids()).toEqual(['d'])
    expect(list!.state.problems).toMatchObject([
      { place: { name: 'ops' }, error: { code: 'access-denied' } },
      { place: { name: 'none' }, error: { code: 'profile-unknown' } },
    ])
    expect(list!.state.isLoading).toBe(false)
    const { length } = account.asked
    await later(HOUR_MS)
    expect(account.asked.length).toBe(length)
  })
})

describe('what this app knows', () => {
  test('is shown at the next reading, without a question to AWS: carriers, states, ends that were asked for', async () => {
    account.add(session('a', { owner: ann }))
    await open()
    account.asked.length = 0
    const carrier = { kind: 'forward', id: 'f', name: 'page' } as const
    sources.carriedNow.set('a', { carrier })
    expect(list!.page(0, 10).set).toMatchObject([{ id: 'a', state: 'active', carrier }])
    sources.carriedNow.clear()
    sources.records.all.push(record({ sessionId: 'a', states: [{ state: 'resuming', startAt: 1 }] }))
    sources.records.tell('00aa11bb22cc')
    const [row] = list!.page(0, 10).set
    expect(row).toMatchObject({ state: 'resuming', holder: 'mine' })
    expect(row).not.toHaveProperty('carrier')
    sources.canceling.add('a', sources.nowAt)
    expect(list!.page(0, 10).set).toMatchObject([{ state: 'canceling' }])
    expect(account.asked).toEqual([])
    await later(1_000)
    expect([account.asked.length, stateOf('a')]).toEqual([1, 'canceling'])
    account.add(ended('a', sources.nowAt))
    await later(1_000)
    expect([stateOf('a'), sources.canceling.has('a')]).toEqual(['terminated', false])
  })

  test('Names come when the instances are listed', async () => {
    account.instances = [
      {
        id: 'i-1',
        kind: 'ec2',
        name: 'web-1',
        tags: {},
        platform: 'linux',
        state: 'running',
        agent: { kind: 'online' },
      },
    ]
    account.add(session('a'), ended('b', sources.nowAt - HOUR_MS))
    await open()
    await expect.poll(() => [...list!.all()].map(({ targetName }) => targetName)).toEqual(['web-1', 'web-1'])
  })

  test('a session that two environments of an account list is one row, of the one in which it is ours', async () => {
    sources.accounts.set('dev', new TestAccount('dev', bob))
    for (const one of sources.accounts.values()) one.add(session('a', { owner: ann }), session('b', { owner: bob }))
    await open({}, [dev, ops])
    const shown = new Map([...list!.all()].map(({ id, place, holder }) => [id, `${place.name} ${holder}`]))
    expect(Object.fromEntries(shown)).toEqual({ a: 'ops mine', b: 'dev mine' })
  })
})
