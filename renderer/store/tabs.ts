// The tabs of the dock: one for each terminal that the core has, plus those that are just being opened here.
//
//   opening --its size is known--> terminal.open --answer--> bound --closed here or in another window--> gone
//                                       └--refused--> failed --Reconnect--> opening
//
// Owns what is typed on its way to each terminal. Never closes a terminal by itself.

import type { StoreApi } from 'zustand/vanilla'
import type { Link } from '../../shared/api'
import { toWireError } from '../../shared/errors'
import type { TerminalView } from '../../shared/model'
import { Typing } from '../typing'
import type { PageState, Tab } from './state'

/** Columns and rows of a terminal. */
export interface Size {
  readonly cols: number
  readonly rows: number
}

/** What can be done with tabs and terminals. */
export interface TabActions {
  /** Adds a tab on an instance and shows it; its screen calls `openTerminal` once it knows its size. */
  openTab(instanceId: string): void
  /** Opens the tab's terminal. Never rejects: a failure becomes the tab's state. */
  openTerminal(key: string, size: Size): Promise<void>
  selectTab(key: string): void
  /** Brings the next tab to the front, or the one before. */
  stepTab(step: 1 | -1): void
  /** Closes the tab and ends its session. */
  closeTab(key: string): void
  /** Opens a new session in a tab that has ended or failed, below what it shows. Never rejects. */
  restartTab(key: string, size: Size): Promise<void>
  write(terminalId: string, text: string): void
  resize(terminalId: string, size: Size): void
}

/**
 * The tabs for these terminals. Pure. A tab goes when its terminal, once listed, is listed no more; a terminal without a
 * tab gets one, unless a tab on its instance is just waiting to learn which terminal is its own.
 */
function reconcileTabs(
  tabs: readonly Tab[],
  terminals: readonly TerminalView[],
  nextKey: () => string,
): readonly Tab[] {
  const listed = new Map(terminals.map((terminal) => [terminal.id, terminal]))
  const kept = tabs.flatMap((tab): Tab[] => {
    if (tab.terminal.kind !== 'bound') return [tab]
    const view = listed.get(tab.terminal.terminalId)
    if (view !== undefined) {
      listed.delete(view.id)
      return [{ ...tab, instance: view.instance, terminal: { ...tab.terminal, isListed: true } }]
    }
    return tab.terminal.isListed ? [] : [tab]
  })
  const awaited = new Set(kept.filter(({ terminal }) => terminal.kind === 'opening').map(({ instance }) => instance.id))
  const found = [...listed.values()].filter(({ instance }) => !awaited.has(instance.id))
  return [
    ...kept,
    ...found.map(({ id, instance }): Tab => ({
      key: nextKey(),
      instance,
      terminal: { kind: 'bound', terminalId: id, isListed: true },
    })),
  ]
}

/** Makes the actions on the tabs in `store`, and `mirrorTerminals`, to be called with each new state. */
export function createTabs(
  store: StoreApi<PageState>,
  request: Link['request'],
  alarm: (sentence: string) => void,
): TabActions & { mirrorTerminals(): void } {
  const typings = new Map<string, Typing>()
  let lastKey = 0
  const nextKey = (): string => {
    lastKey += 1
    return `tab-${lastKey}`
  }
  /** Closed here: must not come back as a new tab while it is still listed, or not yet. Ids are never used again. */
  const closing = new Set<string>()
  const close = (terminalId: string): void => {
    closing.add(terminalId)
    // Not closed after all: it is a tab again with the next state.
    request('terminal.close', { terminalId }).catch(() => closing.delete(terminalId))
  }
  const setTerminal = (key: string, terminal: Tab['terminal']): void => {
    store.setState(({ tabs }) => ({ tabs: tabs.map((tab) => (tab.key === key ? { ...tab, terminal } : tab)) }))
  }
  const find = (key: string): Tab | undefined => store.getState().tabs.find((tab) => tab.key === key)
  /** Sets the tabs; the place of a tab that went is taken by its neighbour, and without tabs the dock hides. */
  const setTabs = (tabs: readonly Tab[]): void => {
    const { tabs: before, activeTab, dock } = store.getState()
    const isActiveThere = tabs.some(({ key }) => key === activeTab)
    const index = before.findIndex(({ key }) => key === activeTab)
    const neighbour = tabs[Math.min(Math.max(index, 0), tabs.length - 1)]?.key
    store.setState({
      tabs,
      activeTab: isActiveThere ? activeTab : neighbour,
      dock: tabs.length === 0 && before.length > 0 ? 'hidden' : dock,
    })
  }
  const mirrorTerminals = (): void => {
    const { snapshot, tabs } = store.getState()
    const terminals = snapshot?.terminals ?? []
    const known = new Set(terminals.map(({ id }) => id))
    for (const id of typings.keys()) if (!known.has(id)) typings.delete(id)
    const wanted = terminals.filter(({ id }) => !closing.has(id))
    setTabs(reconcileTabs(tabs, wanted, nextKey))
  }

  const openTerminal = async (key: string, size: Size): Promise<void> => {
    const tab = find(key)
    if (tab === undefined) return
    setTerminal(key, { kind: 'opening' })
    try {
      const { terminalId } = await request('terminal.open', { instanceId: tab.instance.id, ...size })
      if (find(key) === undefined) close(terminalId)
      else setTerminal(key, { kind: 'bound', terminalId, isListed: false })
    } catch (error) {
      const wire = toWireError(error)
      setTerminal(key, { kind: 'failed', error: wire })
      alarm(wire.message)
    }
    // Terminals that came meanwhile have waited for this answer.
    mirrorTerminals()
  }

  return {
    mirrorTerminals,
    openTab: (instanceId) => {
      const { snapshot, tabs, dock, dockPlace } = store.getState()
      const name = snapshot?.instances.items.find(({ id }) => id === instanceId)?.name ?? ''
      const tab: Tab = { key: nextKey(), instance: { id: instanceId, name }, terminal: { kind: 'opening' } }
      store.setState({ tabs: [...tabs, tab], activeTab: tab.key, dock: dock === 'hidden' ? dockPlace : dock })
    },
    openTerminal,
    selectTab: (key) =>
      store.setState(({ dock, dockPlace }) => ({ activeTab: key, dock: dock === 'hidden' ? dockPlace : dock })),
    stepTab: (step) => {
      const { tabs, activeTab } = store.getState()
      const index = tabs.findIndex(({ key }) => key === activeTab)
      const next = tabs[(index + step + tabs.length) % tabs.length]
      if (next !== undefined) store.setState({ activeTab: next.key })
    },
    closeTab: (key) => {
      const closed = find(key)?.terminal
      setTabs(store.getState().tabs.filter((tab) => tab.key !== key))
      if (closed?.kind === 'bound') close(closed.terminalId)
    },
    restartTab: async (key, size) => {
      const terminal = find(key)?.terminal
      if (terminal?.kind === 'failed') await openTerminal(key, size)
      if (terminal?.kind !== 'bound') return
      try {
        await request('terminal.restart', { terminalId: terminal.terminalId, ...size })
      } catch (error) {
        alarm(toWireError(error).message)
      }
    },
    write: (terminalId, text) => {
      const typing =
        typings.get(terminalId) ?? new Typing((piece) => request('terminal.write', { terminalId, text: piece }))
      typings.set(terminalId, typing)
      if (typing.push(text)) return
      alarm('The terminal accepts no input now, and its buffer is full. The text was not sent.')
    },
    resize: (terminalId, size) => {
      // A failure is told elsewhere: by the next state, or by the banner when the Link is lost.
      request('terminal.resize', { terminalId, ...size }).catch(() => undefined)
    },
  }
}
