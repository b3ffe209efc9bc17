// The store of a page: what it takes from the state, its journal, its clock, and a host that has gone.

import { expect, test, vi } from 'vitest'
import { AppError } from '../shared/errors'
import type { ForwardView } from '../shared/model/forward'
import type { JournalEntry } from '../shared/model/journal'
import { startClock } from './store/clock'
import { core, page, settled, snapshot, stagePage, terminal } from './store.kit'

stagePage()

function view(id: string): ForwardView {
  return {
    forward: {
      id,
      name: id,
      environment: { kind: 'demo' },
      target: { kind: 'id', instanceId: 'i-1' },
      remotePort: 80,
      startAtLaunch: false,
    },
    isOn: false,
    state: { kind: 'off' },
    localPort: 0,
    openConnections: 0,
  }
}

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
  core.tell('snapshot', { ...snapshot, forwards: [view('a'), view('b')] })
  page.selectForward('a')
  core.change({ forwards: [view('a')] })
  expect(page.store.getState().selectedForward).toBe('a')
  core.change({ forwards: [view('b')] })
  expect(page.store.getState().selectedForward).toBeUndefined()
})

test('a change of forwards leaves tabs, terminals, instances and other forwards the values that they were', () => {
  core.tell('snapshot', { ...snapshot, terminals: [terminal('t1'), terminal('t2')], forwards: [view('a'), view('b')] })
  const before = page.store.getState()
  core.change({ forwards: [before.snapshot!.forwards[0]!, { ...view('b'), openConnections: 1 }] })
  const after = page.store.getState()
  expect(after.tabs).toBe(before.tabs)
  expect(after.snapshot!.terminals).toBe(before.snapshot!.terminals)
  expect(after.snapshot!.instances).toBe(before.snapshot!.instances)
  expect(after.snapshot!.forwards[0]).toBe(before.snapshot!.forwards[0])
  expect(after.snapshot!.forwards[1]).toMatchObject({ openConnections: 1 })
  expect(after.nowAt).toBe(before.nowAt)
})

test('a change of one terminal leaves the tabs of the others, and a terminal that was renamed changes its own', () => {
  core.tell('snapshot', { ...snapshot, terminals: [terminal('t1'), terminal('t2')] })
  const before = page.store.getState()
  core.change({ terminals: [terminal('t1', 'i-1', 'connecting'), before.snapshot!.terminals[1]!] })
  expect(page.store.getState().tabs).toBe(before.tabs)
  expect(page.store.getState().snapshot!.terminals[1]).toBe(before.snapshot!.terminals[1])
  core.change({ terminals: [{ ...terminal('t1'), environmentName: 'other' }, before.snapshot!.terminals[1]!] })
  const { tabs: after } = page.store.getState()
  expect([after[0] === before.tabs[0], after[1] === before.tabs[1]]).toEqual([false, true])
})

test('an instance that is still on its way to the page stays selected, and one that is not listed does not', () => {
  core.tell('snapshot', snapshot)
  page.selectInstance('i-9')
  core.change({ instances: { ...snapshot.instances, total: 2 } })
  expect(page.store.getState().selectedInstance).toBe('i-9')
  core.change({ instances: snapshot.instances })
  expect(page.store.getState().selectedInstance).toBeUndefined()
})

test('a question whose tab went meanwhile is gone, too', () => {
  core.tell('snapshot', { ...snapshot, terminals: [terminal('t1')] })
  page.askToCloseTab('tab-1')
  core.change({ terminals: [] })
  expect(page.store.getState().closingQuestion).toBeUndefined()
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
  // It is there again, and does not know this page: the page says that instead.
  core.watch('refused')
  expect(gone()).toBeUndefined()
  vi.useRealTimers()
})
