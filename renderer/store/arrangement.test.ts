import { expect, test } from 'vitest'
import { keptTabs, readTabs, tabsOf } from './arrangement'
import { reconcileTabs, type NextKey } from './panes'
import type { Pane, Tab } from './state'
import type { TerminalView } from '../../shared/model/terminal'

function pane(key: string, terminalId?: string): Pane {
  const terminal =
    terminalId === undefined ? ({ kind: 'opening' } as const) : ({ kind: 'bound', terminalId, isListed: true } as const)
  return {
    key,
    instance: { id: 'i-1', name: 'web-1' },
    environment: { kind: 'demo' },
    environmentName: 'Demo',
    terminal,
  }
}

const tabs: readonly Tab[] = [
  { key: 'tab-1', name: '', layout: { kind: 'pane', pane: pane('pane-1', 't1') }, activePane: 'pane-1' },
  {
    key: 'tab-2',
    name: 'deploys',
    layout: {
      kind: 'split',
      id: 'split-1',
      direction: 'right',
      share: 0.6,
      first: { kind: 'pane', pane: pane('pane-2', 't2') },
      second: {
        kind: 'split',
        id: 'split-2',
        direction: 'down',
        share: 0.5,
        first: { kind: 'pane', pane: pane('pane-3', 't3') },
        second: { kind: 'pane', pane: pane('pane-4') },
      },
    },
    activePane: 'pane-3',
  },
]

function view(id: string): TerminalView {
  return {
    id,
    instance: { id: 'i-1', name: 'web-1' },
    environment: { kind: 'demo' },
    environmentName: 'Demo',
    size: { cols: 80, rows: 24 },
    state: { kind: 'open', sessionId: 's-1' },
  }
}

function keys(): NextKey {
  let last = 0
  return (kind) => `${kind}-${(last += 1)}`
}

test('tabs keep their names, splits and active panes over a reload; what was never opened is gone', () => {
  const kept = readTabs(JSON.parse(JSON.stringify(keptTabs(tabs))))
  const restored = reconcileTabs(tabsOf(kept, keys()), [view('t1'), view('t2'), view('t3')], keys())
  expect(keptTabs(restored)).toEqual([
    { name: '', layout: { terminalId: 't1' }, active: 't1' },
    {
      name: 'deploys',
      layout: { direction: 'right', share: 0.6, first: { terminalId: 't2' }, second: { terminalId: 't3' } },
      active: 't3',
    },
  ])
})

test('a terminal that is there no more leaves its room to its sibling, and one that is new gets a tab', () => {
  const restored = reconcileTabs(tabsOf(keptTabs(tabs), keys()), [view('t2'), view('t9')], keys())
  expect(keptTabs(restored)).toEqual([
    { name: 'deploys', layout: { terminalId: 't2' }, active: 't2' },
    { name: '', layout: { terminalId: 't9' }, active: 't9' },
  ])
})

test('what makes no sense is left out', () => {
  let deep: unknown = { terminalId: 't' }
  for (let depth = 0; depth < 10; depth += 1) {
    deep = { direction: 'right', share: 0.5, first: deep, second: { terminalId: 'u' } }
  }
  const nonsense = [
    null,
    { name: 1, layout: { terminalId: 't' }, active: '' },
    {
      name: '',
      active: '',
      layout: { direction: 'left', share: 0.5, first: { terminalId: 'a' }, second: { terminalId: 'b' } },
    },
    {
      name: '',
      active: '',
      layout: { direction: 'down', share: 2, first: { terminalId: 'a' }, second: { terminalId: 'b' } },
    },
    { name: '', active: '', layout: deep },
  ]
  expect(readTabs(nonsense)).toEqual([])
  expect(readTabs('tabs')).toEqual([])
})
