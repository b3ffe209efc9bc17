import { beforeEach, expect, test } from 'vitest'
import { snapshot, terminal, PageCore } from '../../e2e/kit/window/pagecore'
import { AppError } from '../../shared/errors'
import type { TerminalView } from '../../shared/model/terminal'
import { createPage, type Page } from '../store'
import { panesOf } from './layout'

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let core: PageCore
let page: Page

function tabs(): readonly string[] {
  return page.store.getState().tabs.map(({ key, layout }) => {
    const behind = panesOf(layout).map(({ terminal: each }) => (each.kind === 'bound' ? each.terminalId : each.kind))
    return `${key} ${behind.join(' ')}`
  })
}

beforeEach(() => {
  core = new PageCore()
  page = createPage(core)
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

test('a tab on a set asks for a host of it, shows the chosen one, and is halved on that host', async () => {
  const target = { kind: 'set', set: { hosts: 'Name=web-*', choice: 'random' } } as const
  core.tell('snapshot', snapshot)
  page.openTarget(target, 'any web')
  void page.openTerminal('pane-1', { cols: 80, rows: 24 })
  // Listed before the answer: it may be the one that is asked for.
  const onSet: TerminalView = { ...terminal('t1', 'i-7', 'connecting'), target }
  core.change({ terminals: [onSet, terminal('t2', 'i-7')] })
  expect(tabs()).toEqual(['tab-1 opening', 'tab-2 t2'])
  const asked = core.take('terminal.open')
  expect(asked.parameters).toEqual({
    target,
    environment: { kind: 'demo' },
    instanceName: 'any web',
    cols: 80,
    rows: 24,
  })
  asked.answer({ terminalId: 't1' })
  await settled()
  core.change({ notices: [] })
  const [pane] = page.store.getState().tabs.flatMap(({ layout }) => panesOf(layout))
  expect(pane).toMatchObject({ instance: { id: 'i-7' }, target })
  page.splitPane('tab-1', 'pane-1', 'right')
  const [, half] = page.store.getState().tabs.flatMap(({ layout }) => panesOf(layout))
  void page.openTerminal(half?.key ?? '', { cols: 40, rows: 24 })
  expect(core.take('terminal.open').parameters).toMatchObject({ instanceId: 'i-7' })
})
