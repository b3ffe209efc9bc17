import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { serviceOf } from '../../../e2e/kit/aws/service'
import { AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { JournalEntry } from '../../../shared/model/journal'
import { installationInMark, markedReason } from '../../../shared/sessionmark'
import { openLedger, type Ledger } from '../ledger/ledger'
import { installationOn, readInstallation } from '../store/installation'
import { openJournal, type Journal } from '../store/journal'
import { processBudgets } from '../tunnels/budgets'
import { createEnvironment } from './environment'
import { Environments } from './environments'
import { endLeftovers } from './leftovers'

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

const open = (): Promise<Ledger> => openLedger({ directory, door: 'app' })

/** The record of an earlier run: `write` begins sessions there. Opened again, they are leftovers. */
async function leave(write: (ledger: Ledger) => Promise<void>): Promise<Ledger> {
  const before = await open()
  await write(before)
  await before.close()
  return open()
}

function end(ledger: Ledger, more: { now?: () => number; signal?: AbortSignal } = {}): Promise<void> {
  const { now = Date.now, signal = new AbortController().signal } = more
  return endLeftovers({ ledger, environments, journal, now, signal })
}

const begun = (target: string) => ({ environment: ops, environmentName: 'ops', region: 'eu-west-1', target })

const mark = ({ installation }: Ledger, text: string | undefined, record: string): string =>
  markedReason(text, { installation, record })

const texts = (): string[] => entries.map(({ text }) => text)

test('a session whose id is known is ended by that; one without is found by its mark, and no other is touched', async () => {
  const ledger = await leave(async (earlier) => {
    const known = await earlier.begin(begun('i-1'))
    await earlier.started(known, 'known')
    active.set('known', mark(earlier, undefined, known))
    const unknown = await earlier.begin(begun('i-2'))
    active.set('marked', mark(earlier, 'Ticket 7', unknown))
    active.set('of a colleague', 'Ticket 7')
  })
  await end(ledger)
  expect([...active.keys()]).toEqual(['of a colleague'])
  expect(texts()).toEqual(['Ended 2 sessions left open by an earlier run.'])
  await ledger.close()
  expect((await open()).leftovers).toEqual([])
})

test('those of the Demo ended with it: nothing is asked, and nothing said', async () => {
  const ledger = await leave(async (earlier) => {
    await earlier.begin({ ...begun('i-1'), environment: { kind: 'demo' } })
  })
  await end(ledger)
  expect(texts()).toEqual([])
  await ledger.close()
  expect((await open()).leftovers).toEqual([])
})

test('what cannot be ended yet is told once and tried again every ten minutes', async () => {
  failure = new AppError('network', 'No way.')
  const ledger = await leave(async (earlier) => {
    const id = await earlier.begin(begun('i-1'))
    await earlier.started(id, 'known')
    active.set('known', mark(earlier, undefined, id))
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
    const id = await earlier.begin(begun('i-1'))
    await earlier.started(id, 'known')
  })
  await end(ledger, { now: () => Date.now() + 25 * HOUR_MS })
  expect(texts()).toEqual([])
  await ledger.close()
  expect((await open()).leftovers).toEqual([])
})

test('one that may not be ended is let go at once; one that may not be looked for is kept', async () => {
  failure = new AppError('access-denied', 'Not you.')
  const ledger = await leave(async (earlier) => {
    const id = await earlier.begin(begun('i-1'))
    await earlier.started(id, 'known')
    await earlier.begin(begun('i-2'))
  })
  const life = new AbortController()
  const ending = end(ledger, { signal: life.signal })
  await vi.waitFor(() => expect(texts()).toEqual([expect.stringMatching(/^1 session of an earlier run could not/)]))
  life.abort()
  await ending
  expect(asked).toEqual(['known'])
  await ledger.close()
  expect((await open()).leftovers).toMatchObject([{ target: 'i-2' }])
})

test('an end of Culvert ends the waiting; what is left stays on record', async () => {
  failure = new AppError('network', 'No way.')
  const ledger = await leave(async (earlier) => {
    const id = await earlier.begin(begun('i-1'))
    await earlier.started(id, 'known')
  })
  const life = new AbortController()
  const ending = end(ledger, { signal: life.signal })
  await vi.waitFor(() => expect(texts()).toHaveLength(1))
  life.abort()
  await ending
  await ledger.close()
  expect((await open()).leftovers).toHaveLength(1)
})

test('the mark of this installation is enough where the record is gone; other installations and living processes are spared', async () => {
  const command = await openLedger({ directory, door: 'command' })
  const ledger = await leave(async (earlier) => {
    await earlier.begin(begun('i-1'))
    active.set('record gone', mark(earlier, 'Ticket 7', '00aa11bb22cc'))
    active.set('of a command line', mark(earlier, undefined, await command.begin(begun('i-1'))))
    active.set('another computer', markedReason('Ticket 7', { installation: 'ffffffffffff', record: '00aa11bb22cc' }))
    active.set('an older Culvert, another record', 'Culvert 00aa11bb22cc')
  })
  active.set('of this run', mark(ledger, undefined, await ledger.begin(begun('i-1'))))
  await end(ledger)
  expect([...active.keys()]).toEqual([
    'of a command line',
    'another computer',
    'an older Culvert, another record',
    'of this run',
  ])
  await Promise.all([command.close(), ledger.close()])
})

test('the mark of an update in flight, which has no installation, counts for its record', async () => {
  const old = { id: '00aa11bb22cc', environment: ops, target: 'i-1', startedAt: Date.now() }
  await writeFile(join(directory, 'sessions.json'), JSON.stringify({ version: 1, data: [old] }))
  active.set('old mark', 'Ticket 7 [Culvert 00aa11bb22cc]')
  const ledger = await open()
  await end(ledger)
  expect([...active.keys()]).toEqual([])
  await ledger.close()
})

test('the history tells that a left-over session was ended, and when', async () => {
  const ledger = await leave(async (earlier) => {
    const id = await earlier.begin(begun('i-1'))
    await earlier.started(id, 'known')
    earlier.noted('known', { kind: 'state', state: 'active' })
    active.set('known', mark(earlier, undefined, id))
  })
  expect(ledger.bySession('known')).toMatchObject({ isAlive: false, states: [{ state: 'active' }, {}] })
  await end(ledger)
  expect(ledger.bySession('known')?.states.map(({ state }) => state)).toEqual([
    'terminated',
    'canceling',
    'active',
    'pending',
  ])
  await ledger.close()
})

/** Gives the files of the ledger the names that they have on another computer, from which the directory was copied. */
async function comeFromAnotherComputer(): Promise<void> {
  for (const folder of ['open-sessions', 'ledger'].map((name) => join(directory, name))) {
    for (const name of await readdir(folder))
      await rename(join(folder, name), join(folder, name.replace(/-[0-9a-f]+-([0-9a-f]{6})\./, '-badc0de-$1.')))
  }
}

test.skipIf(process.platform === 'darwin')(
  'sessions of the computer that the directory was copied from are not ended',
  async () => {
    const there = await open()
    const known = await there.begin(begun('i-1'))
    await there.started(known, 'known there')
    active.set('known there', mark(there, undefined, known))
    active.set('marked there', mark(there, 'Ticket 7', await there.begin(begun('i-1'))))
    await there.close()
    await comeFromAnotherComputer()
    const installation = installationInMark(installationOn(await readInstallation(directory), 'badc0de'))
    const ledger = await leave(async (here) => {
      // It was started there after the copy was made: no record of it is here.
      active.set('later there', markedReason('Ticket 7', { installation, record: '00aa11bb22cc' }))
      active.set('marked here', mark(here, undefined, await here.begin(begun('i-1'))))
    })
    await end(ledger)
    expect([...active.keys()]).toEqual(['known there', 'marked there', 'later there'])
  },
)
