import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EventName, Events } from '../shared/api/events'
import type { RequestName, RequestParameters, Responses } from '../shared/api/requests'
import { AppError } from '../shared/errors'
import type { ForwardView } from '../shared/model/forward'
import type { JournalEntry } from '../shared/model/journal'
import { changedSnapshot, changeOf, forwardId, ownId } from '../shared/model/change'
import type { Snapshot, WindowSnapshot } from '../shared/model/snapshot'
import type { TerminalView } from '../shared/model/terminal'
import { defaultSettings } from '../shared/settings'
import { isAnswer } from './link/answers'
import type { Connection, PageLink } from './link/socket'
import { Listeners } from './link/listeners'
import { createPage, type Page } from './store'
import { startClock } from './store/clock'
import { panesOf } from './store/layout'

interface Asked {
  readonly name: RequestName
  readonly parameters: unknown
  readonly answer: (value: unknown) => void
  readonly refuse: (error: AppError) => void
}

/** A core at the other end: keeps what it is asked until it is told what to answer. */
class Core implements PageLink {
  connection: Connection = 'open'
  readonly asked: Asked[] = []
  readonly #listeners = new Listeners()

  request<N extends RequestName>(name: N, parameters: RequestParameters<N>): Promise<Responses[N]> {
    return new Promise((resolve, reject) => {
      const answer = (value: unknown): void => {
        if (isAnswer(name, value)) resolve(value)
        else throw new Error(`no answer to ${name}`)
      }
      this.asked.push({ name, parameters, answer, refuse: reject })
    })
  }

  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void {
    return this.#listeners.add(name, listener)
  }

  onConnection(watch: (connection: Connection) => void): () => void {
    this.watch = watch
    return () => undefined
  }
  watch: (connection: Connection) => void = () => undefined

  tell<N extends EventName>(name: N, event: Events[N]): void {
    if (name === 'snapshot') this.#state = event as Snapshot
    this.#listeners.tell(name, event)
  }

  /** Tells what these parts of the state have changed. */
  change({ forwards = this.#state.forwards, terminals = this.#state.terminals, ...parts }: Partial<Snapshot>): void {
    const { instances, ...rest } = parts
    const change = {
      ...rest,
      ...(instances === undefined ? {} : { instances: { ...instances, items: {} } }),
      forwards: changeOf(this.#state.forwards, forwards, forwardId),
      terminals: changeOf(this.#state.terminals, terminals, ownId),
    }
    this.#state = changedSnapshot(this.#state, change)
    this.#listeners.tell('snapshot.patch', change)
  }
  #state: Snapshot = snapshot

  /** Takes the oldest unanswered request of this name. */
  take(name: RequestName): Asked {
    const index = this.asked.findIndex((asked) => asked.name === name)
    const [taken] = this.asked.splice(index, index < 0 ? 0 : 1)
    if (taken === undefined) throw new Error(`${name} was not asked`)
    return taken
  }
}

const snapshot: WindowSnapshot = {
  windowId: 'w',
  environment: { ref: { kind: 'demo' }, name: 'Demo', region: '', state: { kind: 'open' } },
  profiles: [],
  instances: { generation: 0, state: { kind: 'ready' }, items: [], notices: [] },
  forwards: [],
  terminals: [],
  settings: { ...defaultSettings, keepRunning: false },
  notices: [],
  about: { version: '0.0.0', dataDirectory: '/data' },
  questions: [],
}

function terminal(id: string, instanceId = 'i-1', kind: 'open' | 'connecting' = 'open'): TerminalView {
  return {
    id,
    instance: { id: instanceId, name: 'web-1' },
    environment: { kind: 'demo' },
    environmentName: 'Demo',
    size: { cols: 80, rows: 24 },
    state: { kind },
  }
}

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

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let core: Core
let page: Page

function tabs(): readonly string[] {
  return page.store.getState().tabs.map(({ key, layout }) => {
    const behind = panesOf(layout).map(({ terminal: each }) => (each.kind === 'bound' ? each.terminalId : each.kind))
    return `${key} ${behind.join(' ')}`
  })
}

beforeEach(() => {
  core = new Core()
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
  core.tell('snapshot', { ...snapshot, forwards: [view('a'), view('b')] })
  page.selectForward('a')
  core.change({ forwards: [view('a')] })
  expect(page.store.getState().selectedForward).toBe('a')
  core.change({ forwards: [view('b')] })
  expect(page.store.getState().selectedForward).toBeUndefined()
})

test('a page that is opened later shows every terminal that is there, and one without does not', () => {
  core.tell('snapshot', snapshot)
  expect(page.store.getState().dock).toBe('hidden')
  const later = new Core()
  const other = createPage(later)
  later.tell('snapshot', { ...snapshot, terminals: [terminal('t1'), terminal('t2')] })
  expect(other.store.getState()).toMatchObject({ dock: 'right', activeTab: 'tab-1' })
  expect(other.store.getState().tabs).toHaveLength(2)
})

test('a tab becomes the terminal that was opened for it, whether the state or the answer comes first', async () => {
  core.tell('snapshot', snapshot)
  page.openTab('i-1')
  void page.openTerminal('pane-1', { cols: 80, rows: 24 })
  core.change({ terminals: [terminal('t1', 'i-1', 'connecting')] })
  // Not a second tab: it may be the one that is asked for.
  expect(tabs()).toEqual(['tab-1 opening'])
  core.take('terminal.open').answer({ terminalId: 't1' })
  await settled()
  expect(tabs()).toEqual(['tab-1 t1'])

  page.openTab('i-1')
  void page.openTerminal('pane-2', { cols: 80, rows: 24 })
  core.take('terminal.open').answer({ terminalId: 't2' })
  await settled()
  core.change({ notices: [] })
  // Not gone because it is not listed yet.
  expect(tabs()).toEqual(['tab-1 t1', 'tab-2 t2'])
})

test('a terminal of another window gets a tab and takes nothing from the one in front', async () => {
  core.tell('snapshot', snapshot)
  page.openTab('i-1')
  void page.openTerminal('pane-1', { cols: 80, rows: 24 })
  core.change({ terminals: [terminal('other', 'i-2'), terminal('mine'), terminal('same', 'i-1')] })
  core.take('terminal.open').answer({ terminalId: 'mine' })
  await settled()
  expect(tabs()).toEqual(['tab-1 mine', 'tab-2 other', 'tab-3 same'])
  expect(page.store.getState().activeTab).toBe('tab-1')
})

test('a closed tab stays closed while its terminal is still listed, and comes back if it could not be closed', async () => {
  core.tell('snapshot', { ...snapshot, terminals: [terminal('t1'), terminal('t2')] })
  page.closeTab('tab-1')
  core.change({ terminals: [terminal('t1'), terminal('t2')] })
  expect(tabs()).toEqual(['tab-2 t2'])
  expect(page.store.getState().activeTab).toBe('tab-2')
  core.take('terminal.close').refuse(new AppError('network', 'Lost.'))
  await settled()
  core.change({ terminals: [terminal('t1'), terminal('t2')] })
  expect(tabs()).toHaveLength(2)
})

test('a tab that is closed before its terminal is there closes that too', async () => {
  core.tell('snapshot', snapshot)
  page.openTab('i-1')
  void page.openTerminal('pane-1', { cols: 80, rows: 24 })
  page.closeTab('tab-1')
  core.take('terminal.open').answer({ terminalId: 't1' })
  await settled()
  expect(core.take('terminal.close').parameters).toEqual({ terminalId: 't1' })
  core.change({ terminals: [terminal('t1')] })
  expect(tabs()).toEqual([])
  expect(page.store.getState().dock).toBe('hidden')
})

test('an opening that fails keeps its tab with the reason, and is tried again in it', async () => {
  core.tell('snapshot', snapshot)
  page.openTab('i-1')
  void page.openTerminal('pane-1', { cols: 80, rows: 24 })
  core.take('terminal.open').refuse(new AppError('agent-offline', 'Start the agent.'))
  await settled()
  expect(tabs()).toEqual(['tab-1 failed'])
  expect(page.store.getState().alarm.text).toBe('Start the agent.')
  void page.restartTerminal('pane-1', { cols: 90, rows: 30 })
  expect(core.take('terminal.open').parameters).toEqual({
    instanceId: 'i-1',
    environment: { kind: 'demo' },
    cols: 90,
    rows: 30,
  })
})

/** Opens a tab on an instance as terminal `id`; the core lists it as open. */
async function openOn(instanceId: string, id: string, others: readonly TerminalView[] = []): Promise<void> {
  page.openTab(instanceId)
  const { tabs: now } = page.store.getState()
  const paneKey = now.at(-1)?.activePane ?? ''
  void page.openTerminal(paneKey, { cols: 80, rows: 24 })
  core.take('terminal.open').answer({ terminalId: id })
  await settled()
  core.change({ terminals: [...others, terminal(id, instanceId)] })
}

test('a tab that is halved asks for a session of its own on the same instance, in the environment of the tab', async () => {
  core.tell('snapshot', snapshot)
  await openOn('i-1', 't1')
  // Another environment is shown by now.
  const environment = { ref: { kind: 'aws', profile: 'p' }, name: 'p', region: '', state: { kind: 'open' } } as const
  core.change({ environment })
  page.splitPane('tab-1', 'pane-1', 'right')
  void page.openTerminal('pane-2', { cols: 40, rows: 24 })
  expect(core.take('terminal.open')).toMatchObject({
    parameters: { instanceId: 'i-1', environment: { kind: 'demo' }, instanceName: 'web-1', cols: 40, rows: 24 },
  })
  expect(tabs()).toEqual(['tab-1 t1 opening'])
  expect(page.store.getState().tabs[0]?.activePane).toBe('pane-2')
  expect(page.openLike()).toBe(true)
  void page.openTerminal('pane-3', { cols: 80, rows: 24 })
  expect(core.take('terminal.open').parameters).toMatchObject({ instanceId: 'i-1', environment: { kind: 'demo' } })
})

test('a pane that is closed or ends elsewhere leaves the others of its tab, and the last takes the tab with it', async () => {
  core.tell('snapshot', snapshot)
  await openOn('i-1', 't1')
  page.splitPane('tab-1', 'pane-1', 'down')
  void page.openTerminal('pane-2', { cols: 40, rows: 24 })
  core.take('terminal.open').answer({ terminalId: 't2' })
  await settled()
  core.change({ terminals: [terminal('t1'), terminal('t2')] })
  page.closeTab('tab-1', 'pane-2')
  expect(core.take('terminal.close').parameters).toEqual({ terminalId: 't2' })
  expect(tabs()).toEqual(['tab-1 t1'])
  expect(page.store.getState().tabs[0]?.activePane).toBe('pane-1')
  core.change({ terminals: [] })
  expect(tabs()).toEqual([])
})

test('closing asks where a session runs, and nowhere else', async () => {
  core.tell('snapshot', { ...snapshot, terminals: [terminal('t1'), terminal('t2', 'i-2', 'connecting')] })
  page.askToCloseTab('tab-2')
  expect(tabs()).toEqual(['tab-1 t1'])
  page.askToCloseTab('tab-1')
  expect(tabs()).toEqual(['tab-1 t1'])
  expect(page.store.getState().closingQuestion).toEqual({ tabKey: 'tab-1', paneKey: undefined })
  page.answerClosing(false)
  expect(page.store.getState().closingQuestion).toBeUndefined()
  expect(tabs()).toEqual(['tab-1 t1'])
  page.askToCloseTab('tab-1')
  page.answerClosing(true)
  expect(tabs()).toEqual([])

  core.tell('snapshot', {
    ...snapshot,
    terminals: [terminal('t3')],
    settings: { ...snapshot.settings, askBeforeClosing: false },
  })
  page.askToCloseTab('tab-3')
  expect(tabs()).toEqual([])
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

test('what was closed last comes back first, as new sessions where they were, ten at most', async () => {
  core.tell('snapshot', snapshot)
  for (let index = 1; index <= 11; index += 1) {
    await openOn(`i-${index}`, `t${index}`)
    page.renameTab(`tab-${index}`, ` name ${index} `)
    page.closeTab(`tab-${index}`)
  }
  core.change({
    environment: { ref: { kind: 'aws', profile: 'p' }, name: 'p', region: '', state: { kind: 'open' } },
  })
  expect(page.reopenTab()).toBe(true)
  expect(page.store.getState()).toMatchObject({ activeTab: 'tab-12', dock: 'right' })
  expect(page.store.getState().tabs[0]?.name).toBe('name 11')
  void page.openTerminal('pane-12', { cols: 80, rows: 24 })
  expect(core.take('terminal.open').parameters).toMatchObject({ instanceId: 'i-11', environment: { kind: 'demo' } })
  const more = Array.from({ length: 10 }, () => page.reopenTab())
  expect(more).toEqual([...Array.from({ length: 9 }, () => true), false])
  expect(page.store.getState().tabs.at(-1)?.name).toBe('name 2')
})

test('a closed tab of several panes comes back with its layout', async () => {
  core.tell('snapshot', snapshot)
  await openOn('i-1', 't1')
  page.splitPane('tab-1', 'pane-1', 'right')
  page.setShare('tab-1', 'split-1', 0.7)
  page.closeTab('tab-1')
  page.reopenTab()
  const [tab] = page.store.getState().tabs
  expect(tabs()).toEqual(['tab-2 opening opening'])
  expect(tab?.layout).toMatchObject({ kind: 'split', direction: 'right', share: 0.7 })
  // Of the two the one on the right had the focus.
  expect(tab?.activePane).toBe('pane-4')
})

test('tabs are moved to a place, and a place beyond the last is the last', () => {
  core.tell('snapshot', { ...snapshot, terminals: [terminal('t1'), terminal('t2'), terminal('t3')] })
  page.moveTab('tab-3', 0)
  expect(tabs()).toEqual(['tab-3 t3', 'tab-1 t1', 'tab-2 t2'])
  page.moveTab('tab-3', 9)
  expect(tabs()).toEqual(['tab-1 t1', 'tab-2 t2', 'tab-3 t3'])
  page.moveTab('tab-2', -1)
  expect(tabs()).toEqual(['tab-2 t2', 'tab-1 t1', 'tab-3 t3'])
  // The core's next state brings no order of its own.
  core.change({ terminals: [terminal('t1'), terminal('t2'), terminal('t3')] })
  expect(tabs()).toEqual(['tab-2 t2', 'tab-1 t1', 'tab-3 t3'])
})

test('a terminal that has ended is opened again as itself', () => {
  core.tell('snapshot', { ...snapshot, terminals: [terminal('t1')] })
  void page.restartTerminal('pane-1', { cols: 90, rows: 30 })
  expect(core.take('terminal.restart').parameters).toEqual({ terminalId: 't1', cols: 90, rows: 30 })
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
