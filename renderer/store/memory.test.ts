import { expect, test } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { noContainers } from '../../shared/model/container'
import type { Snapshot } from '../../shared/model/snapshot'
import { defaultSettings } from '../../shared/settings'
import { recall, remember, type MemoryStorage } from './memory'
import { initialState, type PageState, type Tab } from './state'

/** A window's storage that keeps what is written to it. */
function storage(text: string | null = null): MemoryStorage & { text: string | null } {
  const kept = {
    text,
    sessionStorage: {
      getItem: () => kept.text,
      setItem: (_key: string, value: string) => {
        kept.text = value
      },
    },
  }
  return kept
}

const start = initialState(0)

/** The core has sent a state: before that nothing is saved. */
const snapshot: Snapshot = {
  about: { version: '0.0.0', dataDirectory: '/data' },
  environment: { ref: { kind: 'demo' }, name: 'Demo', region: '', state: { kind: 'open' } },
  profiles: [],
  instances: { generation: 0, state: { kind: 'ready' }, items: [], notices: [] },
  forwards: [],
  targets: [],
  drains: [],
  containers: noContainers,
  terminals: [],
  settings: defaultSettings,
  notices: [],
  questions: [],
}

function tab(key: string, terminalId: string): Tab {
  const pane = {
    key: `pane-${key}`,
    instance: { id: 'i-1', name: 'a' },
    environment: { kind: 'demo' },
    environmentName: 'Demo',
    terminal: { kind: 'bound', terminalId, isListed: true },
  } as const
  return { key, name: '', layout: { kind: 'pane', pane }, activePane: pane.key }
}

test('a window comes back with its view, filters, order, dock, selection and focus', () => {
  const window = storage()
  const store = createStore<PageState>(() => start)
  remember(store, window)
  const change = {
    view: 'forwards',
    instanceFilter: 'prod',
    instanceFolds: { tag: 'Env', values: ['prod'] },
    instanceSort: { column: 'address', direction: 'descending' },
    forwardText: 'db',
    forwardFilter: 'failed',
    sessionSegment: 'ended',
    sessionText: 'owner:ann',
    sessionSort: { column: 'whose', direction: 'descending' },
    activitySegment: 'problems',
    activityText: 'port',
    selectedInstance: 'i-1',
    dock: 'bottom',
    dockPlace: 'bottom',
    dockHeight: 212,
    focusPlace: { region: 'terminals', kind: 'terminal' },
  } as const
  store.setState({
    ...change,
    snapshot,
    tabs: [tab('tab-1', 't1'), tab('tab-2', 't2')],
    activeTab: 'tab-2',
  })
  expect(recall(window, start)).toMatchObject({ ...change, terminalInFront: 't2' })
})

test('nothing of the core is written down: no snapshot, no output, no toast', () => {
  const window = storage()
  const store = createStore<PageState>(() => start)
  remember(store, window)
  store.setState({
    snapshot,
    view: 'activity',
    toasts: [{ id: 1, tone: 'failed', title: 'TOLD' }],
    alarm: { text: 'TOLD', count: 1 },
  })
  expect(window.text).toContain('activity')
  expect(window.text).not.toContain('TOLD')
  expect(window.text).not.toContain('/data')
})

test('what makes no sense is left out field by field, and a window that may keep nothing works', () => {
  const torn = {
    view: 'nowhere',
    instanceFilter: 7,
    instanceFolds: { tag: 'Env', values: 'all' },
    instanceSort: { column: 'name', direction: 'sideways' },
    sessionSegment: 'all',
    sessionSort: { column: 'constructor', direction: 'ascending' },
    dock: 'left',
    dockWidth: -4,
    focusPlace: { region: 'view', kind: 'rug' },
    forwardText: 'kept',
  }
  const { terminalInFront, keptTabs, ...rest } = recall(storage(JSON.stringify(torn)), start) ?? {
    terminalInFront: 'none',
  }
  expect([terminalInFront, keptTabs, { ...start, ...rest }]).toEqual([undefined, [], { ...start, forwardText: 'kept' }])
  for (const text of [null, '', '{', '[]', '7']) expect(recall(storage(text), start)).toBeUndefined()

  const refusing: MemoryStorage = {
    get sessionStorage(): never {
      throw new Error('not allowed')
    },
  }
  expect(recall(refusing, start)).toBeUndefined()
  const store = createStore<PageState>(() => start)
  remember(store, refusing)
  store.setState({ view: 'settings', snapshot })
  expect(store.getState().view).toBe('settings')
})
