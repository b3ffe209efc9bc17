import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { serviceOf } from '../../../e2e/kit/aws/service'
import { AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { JournalEntry } from '../../../shared/model/journal'
import { openLedger, type Ledger } from '../store/begun'
import { openJournal, type Journal } from '../store/journal'
import { processBudgets } from '../tunnels/budgets'
import { createEnvironment } from './environment'
import { Environments } from './environments'
import { endLeftovers } from './leftovers'
import { markedReason } from './records'

const HOUR_MS = 3_600_000
const ops: EnvironmentRef = { kind: 'aws', profile: 'ops' }

let directory: string
let entries: JournalEntry[]
let journal: Journal
/** Sessions of the account: their reasons by id. */
let active: Map<string, string>
/** What AWS answers with while that is set. */
let failure: AppError | undefined
let environments: Environments
/** Ids of the sessions that were to be ended, at each attempt. */
let asked: string[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-leftovers-'))
  entries = []
  journal = await openJournal('/nowhere', { now: Date.now, onEntry: (entry) => entries.push(entry) })
  active = new Map()
  failure = undefined
  asked = []
  environments = new Environments(() =>
    Promise.resolve(
      createEnvironment({
        name: 'ops',
        isDemo: false,
        budgets: processBudgets(),
        service: serviceOf({
          terminateSession: (sessionId) => {
            asked.push(sessionId)
            if (failure !== undefined) return Promise.reject(failure)
            active.delete(sessionId)
            return Promise.resolve()
          },
          activeSessions: () =>
            failure === undefined
              ? Promise.resolve([...active].map(([sessionId, reason]) => ({ sessionId, reason })))
              : Promise.reject(failure),
        }),
      }),
    ),
  )
})
afterEach(async () => {
  vi.useRealTimers()
  await environments[Symbol.asyncDispose]()
  await journal[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

/** The record of an earlier run: `write` begins sessions there. Opened again, they are leftovers. */
async function leave(write: (ledger: Ledger) => Promise<void>): Promise<Ledger> {
  const before = await openLedger(directory)
  await write(before)
  await before.close()
  return openLedger(directory)
}

function end(ledger: Ledger, more: { now?: () => number; signal?: AbortSignal } = {}): Promise<void> {
  const { now = Date.now, signal = new AbortController().signal } = more
  return endLeftovers({ ledger, environments, journal, now, signal })
}

const texts = (): string[] => entries.map(({ text }) => text)

test('a session whose id is known is ended by that; one without is found by its mark, and no other is touched', async () => {
  const ledger = await leave(async (earlier) => {
    const known = await earlier.begin(ops, 'i-1')
    await earlier.started(known.id, 'known')
    active.set('known', markedReason(undefined, known.id))
    const unknown = await earlier.begin(ops, 'i-2')
    active.set('marked', markedReason('Ticket 7', unknown.id))
    active.set('of a colleague', 'Ticket 7')
  })
  await end(ledger)
  expect([...active.keys()]).toEqual(['of a colleague'])
  expect(texts()).toEqual(['Ended 2 sessions left open by an earlier run.'])
  await ledger.close()
  expect((await openLedger(directory)).leftovers).toEqual([])
})

test('those of the Demo ended with it: nothing is asked, and nothing said', async () => {
  const ledger = await leave(async (earlier) => {
    await earlier.begin({ kind: 'demo' }, 'i-1')
  })
  await end(ledger)
  expect(texts()).toEqual([])
  await ledger.close()
  expect((await openLedger(directory)).leftovers).toEqual([])
})

test('what cannot be ended yet is told once and tried again every ten minutes', async () => {
  failure = new AppError('network', 'No way.')
  const ledger = await leave(async (earlier) => {
    const { id } = await earlier.begin(ops, 'i-1')
    await earlier.started(id, 'known')
    active.set('known', markedReason(undefined, id))
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const ending = end(ledger)
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
  vi.advanceTimersByTime(10 * 60_000)
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
  expect(texts()).toEqual(['1 session of an earlier run could not be ended yet. Culvert tries again every 10 minutes.'])
  expect(entries[0]?.error?.code).toBe('network')
  failure = undefined
  vi.advanceTimersByTime(10 * 60_000)
  await ending
  expect([...active.keys()]).toEqual([])
  expect(texts().at(-1)).toBe('Ended 1 session left open by an earlier run.')
  await ledger.close()
})

test('after a day it is let go: no session lives that long without a client', async () => {
  failure = new AppError('credentials-expired', 'Log in.')
  const ledger = await leave(async (earlier) => {
    const { id } = await earlier.begin(ops, 'i-1')
    await earlier.started(id, 'known')
  })
  await end(ledger, { now: () => Date.now() + 25 * HOUR_MS })
  expect(texts()).toEqual([])
  await ledger.close()
  expect((await openLedger(directory)).leftovers).toEqual([])
})

test('one that may not be ended is let go at once; one that may not be looked for is kept', async () => {
  failure = new AppError('access-denied', 'Not you.')
  const ledger = await leave(async (earlier) => {
    const { id } = await earlier.begin(ops, 'i-1')
    await earlier.started(id, 'known')
    await earlier.begin(ops, 'i-2')
  })
  const life = new AbortController()
  const ending = end(ledger, { signal: life.signal })
  await vi.waitFor(() => expect(texts()).toEqual([expect.stringMatching(/^1 session of an earlier run could not/)]))
  life.abort()
  await ending
  expect(asked).toEqual(['known'])
  await ledger.close()
  expect((await openLedger(directory)).leftovers).toMatchObject([{ target: 'i-2' }])
})

test('an end of Culvert ends the waiting; what is left stays on record', async () => {
  failure = new AppError('network', 'No way.')
  const ledger = await leave(async (earlier) => {
    const { id } = await earlier.begin(ops, 'i-1')
    await earlier.started(id, 'known')
  })
  const life = new AbortController()
  const ending = end(ledger, { signal: life.signal })
  await vi.waitFor(() => expect(texts()).toHaveLength(1))
  life.abort()
  await ending
  await ledger.close()
  expect((await openLedger(directory)).leftovers).toHaveLength(1)
})
