import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { forwardView, snapshot, terminal, PageCore } from '../e2e/kit/window/pagecore'
import { AppError } from '../shared/errors'
import type { JournalEntry } from '../shared/model/journal'
import { createPage, type Page } from './store'
import { startClock } from './store/clock'

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let core: PageCore
let page: Page

beforeEach(() => {
  core = new PageCore()
  page = createPage(core)
})

afterEach(() => vi.useRealTimers())

test('a patch replaces the parts that it has and no other, and means nothing before the whole', () => {
  core.change({ notices: [{ id: 'n', tone: 'idle', title: 'a', text: 'b' }] })
  expect(page.store.getState().snapshot).toBeUndefined()
  core.tell('snapshot', snapshot)
  core.change({ terminals: [terminal('t1')] })
  core.change({ settings: { ...snapshot.settings, groupTag: 'Env' } })
  expect(page.store.getState().snapshot).toEqual({
    ...snapshot,
    terminals: [terminal('t1')],
    settings: { ...snapshot.settings, groupTag: 'Env' },
  })
})

test('a detail closes when its forward is deleted, and stays while others change', () => {
  core.tell('snapshot', { ...snapshot, forwards: [forwardView('a'), forwardView('b')] })
  page.selectForward('a')
  core.change({ forwards: [forwardView('a')] })
  expect(page.store.getState().selectedForward).toBe('a')
  core.change({ forwards: [forwardView('b')] })
  expect(page.store.getState().selectedForward).toBeUndefined()
})

test('a page that is opened later shows every terminal that is there, and one without does not', () => {
  core.tell('snapshot', snapshot)
  expect(page.store.getState().dock).toBe('hidden')
  const later = new PageCore()
  const other = createPage(later)
  later.tell('snapshot', { ...snapshot, terminals: [terminal('t1'), terminal('t2')] })
  expect(other.store.getState()).toMatchObject({ dock: 'right', activeTab: 'tab-1' })
  expect(other.store.getState().tabs).toHaveLength(2)
})

test('a change of forwards leaves tabs, terminals, instances and other forwards the values that they were', () => {
  core.tell('snapshot', {
    ...snapshot,
    terminals: [terminal('t1'), terminal('t2')],
    forwards: [forwardView('a'), forwardView('b')],
  })
  const before = page.store.getState()
  core.change({ forwards: [before.snapshot!.forwards[0]!, { ...forwardView('b'), openConnections: 1 }] })
  const after = page.store.getState()
  expect(after.tabs).toBe(before.tabs)
  expect(after.snapshot!.terminals).toBe(before.snapshot!.terminals)
  expect(after.snapshot!.instances).toBe(before.snapshot!.instances)
  expect(after.snapshot!.forwards[0]).toBe(before.snapshot!.forwards[0])
  expect(after.snapshot!.forwards[1]).toMatchObject({ openConnections: 1 })
  expect(after.nowAt).toBe(before.nowAt)
})

test('an instance that is still on its way to the page stays selected, and one that is not listed does not', () => {
  core.tell('snapshot', snapshot)
  page.selectInstance('i-9')
  core.change({ instances: { ...snapshot.instances, total: 2 } })
  expect(page.store.getState().selectedInstance).toBe('i-9')
  core.change({ instances: snapshot.instances })
  expect(page.store.getState().selectedInstance).toBeUndefined()
})

test('a request that fails becomes a toast with its sentence, and three toasts are the most', async () => {
  const outcomes = ['one', 'two', 'three', 'four'].map((forwardId) => page.ask('forward.stop', { forwardId }))
  for (const number of [1, 2, 3]) core.take('forward.stop').refuse(new AppError('internal', `Failure ${number}.`))
  core.take('forward.stop').answer(null)
  expect(await Promise.all(outcomes)).toEqual([false, false, false, true])
  page.toast({ tone: 'up', title: 'Done.' })
  expect(page.store.getState().toasts.map(({ title }) => title)).toEqual(['Failure 2.', 'Failure 3.', 'Done.'])
})

function entry(id: number): JournalEntry {
  return { id, at: 0, tone: 'idle', subject: { kind: 'app' }, text: `Line ${id}.` }
}

function lines(): readonly number[] {
  return page.store.getState().journal.entries.map(({ id }) => id)
}

test('the journal is read page by page, with what is written meanwhile on top, and once only', async () => {
  core.tell('journal.entry', entry(1))
  expect(lines()).toEqual([])
  void page.loadJournal()
  void page.loadJournal()
  core.tell('journal.entry', entry(10))
  core.take('journal.list').answer({ entries: [entry(9), entry(8)], hasMore: true })
  await settled()
  core.tell('journal.entry', entry(11))
  core.tell('journal.entry', entry(11))
  expect(lines()).toEqual([11, 10, 9, 8])
  void page.loadJournal()
  expect(core.take('journal.list').parameters).toMatchObject({ beforeId: 8 })
  expect(core.asked).toEqual([])
})

test('a page of the journal that could not be read is asked for again, and the end is the end', async () => {
  void page.loadJournal()
  core.take('journal.list').refuse(new AppError('network', 'Lost.'))
  await settled()
  expect(page.store.getState().journal.state).toMatchObject({ kind: 'failed', error: { message: 'Lost.' } })
  void page.loadJournal()
  core.take('journal.list').answer({ entries: [entry(3)], hasMore: false })
  await settled()
  void page.loadJournal()
  expect(core.asked).toEqual([])
})

test('after the Link was lost the journal begins anew, so that no line is missing in its middle', async () => {
  core.tell('snapshot', snapshot)
  void page.loadJournal()
  core.take('journal.list').answer({ entries: [entry(3), entry(2)], hasMore: true })
  await settled()
  core.tell('snapshot', snapshot)
  core.take('journal.list').answer({ entries: [entry(9), entry(8)], hasMore: true })
  await settled()
  expect(lines()).toEqual([9, 8])
})

test('the clock runs each second only while something counts down', () => {
  vi.useFakeTimers({ now: 0 })
  const stop = startClock(page.store)
  core.tell('snapshot', snapshot)
  vi.advanceTimersByTime(29_999)
  expect(page.store.getState().nowAt).toBe(0)
  vi.advanceTimersByTime(1)
  expect(page.store.getState().nowAt).toBe(30_000)
  core.change({
    forwards: [
      {
        forward: {
          id: 'f',
          name: 'f',
          environment: { kind: 'demo' },
          target: { kind: 'name', name: 'db' },
          remotePort: 1,
          startAtLaunch: false,
        },
        isOn: true,
        state: {
          kind: 'reconnecting',
          via: 'resume',
          attempt: 1,
          sinceAt: 0,
          retryAt: 60_000,
          cause: { code: 'network', message: '' },
        },
        localPort: 0,
        openConnections: 0,
      },
    ],
  })
  vi.advanceTimersByTime(1_000)
  expect(page.store.getState().nowAt).toBe(31_000)
  stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('a host that is back in a moment was never gone; one that stays away is, until it speaks again', () => {
  vi.useFakeTimers({ now: 1_000_000 })
  const gone = (): number | undefined => page.store.getState().goneSinceAt
  core.watch('lost')
  vi.advanceTimersByTime(1_900)
  core.watch('open')
  vi.advanceTimersByTime(60_000)
  expect(gone()).toBeUndefined()
  const lostAt = Date.now()
  page.setPalette(true)
  core.watch('lost')
  vi.advanceTimersByTime(2_000)
  expect([gone(), page.store.getState().isPaletteOpen]).toEqual([lostAt, false])
  expect(page.store.getState().alarm.text).toBe('Culvert is not running.')
  core.watch('open')
  expect(gone()).toBeUndefined()
  core.watch('lost')
  vi.advanceTimersByTime(2_000)
  // The host is back but does not accept this page: the page shows that instead.
  core.watch('refused')
  expect(gone()).toBeUndefined()
  vi.useRealTimers()
})
