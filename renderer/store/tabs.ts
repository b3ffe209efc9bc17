// The tabs of the dock and their panes: one pane for each terminal of the core, plus those being opened by this page.
//
//   opening --its size is known--> terminal.open --answer--> bound --closed here or in another window--> gone
//                                       └--refused--> failed --Reconnect--> opening
//
// Never closes a terminal by itself. input.ts sends the typed text. layout.ts arranges the panes; panes.ts
// decides which tabs exist for which terminals, and handles closing and reopening.

import type { StoreApi } from 'zustand/vanilla'
import type { Link } from '../../shared/api'
import { toWireError } from '../../shared/errors'
import type { EphemeralFields } from '../../shared/model/ephemeral'
import type { ForwardTarget } from '../../shared/model/forward'
import type { TerminalSize } from '../../shared/model/terminal'
import { tabsOf, type KeptTab } from './arrangement'
import { createInput, type InputActions } from './input'
import { neighbourOf, panesOf, setShare, splitPane, type Side } from './layout'
import { askForTerminal, besidePlace } from './opening'
import { changedPane, isBusy, paneOf, placedAnew, reconcileTabs, withoutPane, type NextKey, type Place } from './panes'
import type { Pane, PageState, Tab } from './state'

/** More is of no use to a person, and each one needs little memory. */
const MAX_CLOSED = 10

const MAX_NAME_CHARACTERS = 100

/** The actions on tabs, panes and terminals. Unknown keys are ignored. */
export interface TabActions extends InputActions {
  /** Adds and shows a tab on an instance of the shown environment; its screen calls `openTerminal` once it has a size. */
  openTab(instanceId: string): void
  /** As `openTab`, on a host that the core chooses from a set. `label` is shown until it is chosen. */
  openTarget(target: ForwardTarget, label: string): void
  /** Adds a tab with an ephemeral session like the tasks of a service of the shown environment. */
  openEphemeral(fields: EphemeralFields): void
  /** Adds a tab on the instance of the current pane, in that pane's environment. False if there is no pane. */
  openLike(): boolean
  /** Splits a pane of a tab in half: the new half gets its own session on the same instance. */
  splitPane(tabKey: string, paneKey: string, direction: 'right' | 'down'): void
  /** Opens the pane's terminal. Never rejects: a failure becomes the pane's state. */
  openTerminal(paneKey: string, size: TerminalSize): Promise<void>
  /** Shows a tab and focuses its terminal, unless the person is moving through the tabs by keys. */
  selectTab(key: string): void
  /** Focuses the current terminal. */
  selectFront(): void
  /** Records the pane that has the focus in its tab. */
  selectPane(tabKey: string, paneKey: string): void
  /** Switches to the next tab, or to the previous one. */
  stepTab(step: 1 | -1): void
  /** Focuses the pane beside the active one; false if there is none. */
  stepPane(side: Side): boolean
  /** Opens and focuses the find bar of the current terminal; false if there is none. */
  findInTerminal(): boolean
  /** Renames a tab; "" restores the name of its instance. */
  renameTab(key: string, name: string): void
  /** Moves a tab to another position in the strip. */
  moveTab(key: string, index: number): void
  /** Moves the edge between the halves of a split. */
  setShare(tabKey: string, splitId: string, share: number): void
  /** Closes a tab, or one pane of it, and ends its sessions. */
  closeTab(key: string, paneKey?: string): void
  /** Closes as `closeTab` does, but asks first if a session is running and the setting says so. */
  askToCloseTab(key: string, paneKey?: string): void
  /** Answers the question. */
  answerClosing(isWanted: boolean): void
  /** Reopens what was closed last: new sessions on the same instances, in the same environments. False if there is none. */
  reopenTab(): boolean
  /** Opens a new session in a pane that has ended or failed, below its earlier output. Never rejects. */
  restartTerminal(paneKey: string, size: TerminalSize): Promise<void>
  /** Restarts as `restartTerminal` does, but asks first where that would start a task. */
  askToRestart(paneKey: string, size: TerminalSize): void
}

/**
 * Creates the actions on the tabs in `store`, and `mirrorTerminals`, to be called with each new state. `kept`: the tabs before
 * a reload.
 */
export function createTabs(
  store: StoreApi<PageState>,
  request: Link['request'],
  alarm: (sentence: string) => void,
  kept: readonly KeptTab[] = [],
): TabActions & { mirrorTerminals(): void } {
  const input = createInput(request, alarm)
  const lastKeys = { tab: 0, pane: 0, split: 0 }
  const nextKey: NextKey = (kind) => {
    lastKeys[kind] += 1
    return `${kind}-${lastKeys[kind]}`
  }
  /** Terminals closed in this page. While still (or not yet) listed they must not get a new tab. Ids are never reused. */
  const closing = new Set<string>()
  const close = ({ terminal }: Pane): void => {
    if (terminal.kind !== 'bound') return
    const { terminalId } = terminal
    closing.add(terminalId)
    // The terminal was not closed: the next state gives it a tab again.
    request('terminal.close', { terminalId }).catch(() => closing.delete(terminalId))
  }
  const setTerminal = (paneKey: string, terminal: Pane['terminal']): void => {
    store.setState(({ tabs }) => ({ tabs: changedPane(tabs, paneKey, (pane) => ({ ...pane, terminal })) }))
  }
  const change = (key: string, make: (tab: Tab) => Tab): void => {
    store.setState(({ tabs }) => ({ tabs: tabs.map((tab) => (tab.key === key ? make(tab) : tab)) }))
  }
  const wish = (kind: PageState['terminalWish']['kind']): void =>
    store.setState(({ terminalWish }) => ({ terminalWish: { kind, count: terminalWish.count + 1 } }))
  const findTab = (key: string | undefined): Tab | undefined => store.getState().tabs.find((tab) => tab.key === key)
  const front = (): { readonly tab: Tab; readonly pane: Pane } | undefined => {
    const tab = findTab(store.getState().activeTab)
    const pane = tab === undefined ? undefined : paneOf([tab], tab.activePane)
    return tab === undefined || pane === undefined ? undefined : { tab, pane }
  }
  const newPane = (place: Place): Pane => ({ key: nextKey('pane'), ...place, terminal: { kind: 'opening' } })
  const beside = (pane: Pane): Place => besidePlace(pane, store.getState().snapshot?.containers.items ?? [])
  /** Opens the dialog in place of a second session: a container takes two, which are the shell and its beat. */
  const asksAnew = ({ ephemeral }: Pane): boolean => {
    if (ephemeral !== undefined) store.setState({ containerDialog: { kind: 'ephemeral', fields: ephemeral } })
    return ephemeral !== undefined
  }
  const addTab = (tab: Tab): void => {
    const { tabs, dock, dockPlace } = store.getState()
    store.setState({ tabs: [...tabs, tab], activeTab: tab.key, dock: dock === 'hidden' ? dockPlace : dock })
  }
  const addPlace = (place: Place): void => {
    const pane = newPane(place)
    addTab({ key: nextKey('tab'), name: '', layout: { kind: 'pane', pane }, activePane: pane.key })
  }
  const addHere = (place: Pick<Place, 'instance' | 'target' | 'ephemeral'>): void => {
    const environment = store.getState().snapshot?.environment
    if (environment === undefined) return
    addPlace({ ...place, environment: environment.ref, environmentName: environment.name })
  }
  /** Sets the tabs. If the current tab was removed, its neighbour becomes current; without tabs the dock is hidden. */
  const setTabs = (tabs: readonly Tab[]): void => {
    const { tabs: before, activeTab, dock, closingQuestion } = store.getState()
    const isThere = (key: string | undefined): boolean => tabs.some((tab) => tab.key === key)
    const index = before.findIndex(({ key }) => key === activeTab)
    const neighbour = tabs[Math.min(Math.max(index, 0), tabs.length - 1)]?.key
    const isSame = tabs.length === before.length && tabs.every((tab, at) => tab === before[at])
    store.setState({
      // The same array if no tab has changed, so that nothing is rendered again.
      tabs: isSame ? before : tabs,
      activeTab: isThere(activeTab) ? activeTab : neighbour,
      dock: tabs.length === 0 && before.length > 0 ? 'hidden' : dock,
      closingQuestion: isThere(closingQuestion?.tabKey) ? closingQuestion : undefined,
    })
  }
  /** Used with the first state, which tells which of their terminals still exist. */
  let earlier = tabsOf(kept, nextKey)
  const mirrorTerminals = (): void => {
    const { snapshot, tabs } = store.getState()
    const terminals = snapshot?.terminals ?? []
    const known = new Set(terminals.map(({ id }) => id))
    input.forget(known)
    const wanted = terminals.filter(({ id }) => !closing.has(id))
    setTabs(reconcileTabs([...earlier, ...tabs], wanted, nextKey))
    earlier = []
  }

  const openTerminal = async (paneKey: string, size: TerminalSize): Promise<void> => {
    const pane = paneOf(store.getState().tabs, paneKey)
    if (pane === undefined) return
    setTerminal(paneKey, { kind: 'opening' })
    try {
      const { terminalId } = await askForTerminal(request, pane, size)
      const terminal = { kind: 'bound', terminalId, isListed: false } as const
      if (paneOf(store.getState().tabs, paneKey) === undefined) close({ ...pane, terminal })
      else setTerminal(paneKey, terminal)
    } catch (error) {
      const wire = toWireError(error)
      setTerminal(paneKey, { kind: 'failed', error: wire })
      alarm(wire.message)
    }
    // Terminals that were listed meanwhile have waited for this answer.
    mirrorTerminals()
  }

  const restartTerminal: TabActions['restartTerminal'] = async (paneKey, size) => {
    const terminal = paneOf(store.getState().tabs, paneKey)?.terminal
    if (terminal?.kind === 'failed') await openTerminal(paneKey, size)
    if (terminal?.kind !== 'bound') return
    try {
      await request('terminal.restart', { terminalId: terminal.terminalId, ...size })
    } catch (error) {
      alarm(toWireError(error).message)
    }
  }

  const closeTab: TabActions['closeTab'] = (key, paneKey) => {
    const { tabs, closedTabs } = store.getState()
    const tab = findTab(key)
    const closed = tab === undefined ? undefined : withoutPane(tab, paneKey)
    if (closed === undefined) return
    setTabs(tabs.flatMap((each) => (each.key === key ? (closed.rest ?? []) : each)))
    store.setState({ closedTabs: [...closedTabs, closed.gone].slice(-MAX_CLOSED), closingQuestion: undefined })
    for (const pane of panesOf(closed.gone.layout)) close(pane)
    wish('focus')
  }

  return {
    mirrorTerminals,
    openTab: (instanceId) => {
      const items = store.getState().snapshot?.instances.items ?? []
      addHere({ instance: { id: instanceId, name: items.find(({ id }) => id === instanceId)?.name ?? '' } })
    },
    openTarget: (target, label) => addHere({ instance: { id: '', name: label }, target }),
    openEphemeral: (ephemeral) => addHere({ instance: { id: '', name: ephemeral.service }, ephemeral }),
    openLike: () => {
      const pane = front()?.pane
      if (pane !== undefined && !asksAnew(pane)) addPlace(beside(pane))
      return pane !== undefined
    },
    splitPane: (tabKey, paneKey, direction) => {
      const tab = findTab(tabKey)
      const from = tab === undefined ? undefined : paneOf([tab], paneKey)
      if (from === undefined || asksAnew(from)) return
      const pane = newPane(beside(from))
      const id = nextKey('split')
      change(tabKey, ({ layout, ...rest }) => ({
        ...rest,
        layout: splitPane(layout, paneKey, { id, direction, pane }),
        activePane: pane.key,
      }))
    },
    openTerminal,
    selectTab: (key) => {
      store.setState(({ dock, dockPlace }) => ({ activeTab: key, dock: dock === 'hidden' ? dockPlace : dock }))
      wish('focus')
    },
    selectFront: () => wish('focus'),
    selectPane: (tabKey, activePane) => {
      if (findTab(tabKey)?.activePane !== activePane) change(tabKey, (tab) => ({ ...tab, activePane }))
    },
    stepTab: (step) => {
      const { tabs, activeTab } = store.getState()
      const index = tabs.findIndex(({ key }) => key === activeTab)
      const next = tabs[(index + step + tabs.length) % tabs.length]
      if (next !== undefined) store.setState({ activeTab: next.key })
    },
    stepPane: (side) => {
      const now = front()
      const activePane = now === undefined ? undefined : neighbourOf(now.tab.layout, now.pane.key, side)
      if (now === undefined || activePane === undefined) return false
      change(now.tab.key, (tab) => ({ ...tab, activePane }))
      wish('focus')
      return true
    },
    findInTerminal: () => {
      const isThere = front() !== undefined && store.getState().dock !== 'hidden'
      if (isThere) wish('find')
      return isThere
    },
    renameTab: (key, name) => change(key, (tab) => ({ ...tab, name: name.trim().slice(0, MAX_NAME_CHARACTERS) })),
    moveTab: (key, index) => {
      const { tabs } = store.getState()
      const tab = findTab(key)
      if (tab === undefined) return
      const others = tabs.filter((each) => each !== tab)
      store.setState({ tabs: others.toSpliced(Math.max(0, Math.min(index, others.length)), 0, tab) })
    },
    setShare: (tabKey, splitId, share) =>
      change(tabKey, (tab) => ({ ...tab, layout: setShare(tab.layout, splitId, share) })),
    closeTab,
    askToCloseTab: (tabKey, paneKey) => {
      const { snapshot } = store.getState()
      const tab = findTab(tabKey)
      const closed = tab === undefined ? undefined : withoutPane(tab, paneKey)
      if (closed === undefined) return
      const isAsked = snapshot?.settings.askBeforeClosing === true && isBusy(closed.gone, snapshot.terminals)
      if (isAsked) store.setState({ closingQuestion: { tabKey, paneKey } })
      else closeTab(tabKey, paneKey)
    },
    answerClosing: (isWanted) => {
      const question = store.getState().closingQuestion
      store.setState({ closingQuestion: undefined })
      if (isWanted && question !== undefined) closeTab(question.tabKey, question.paneKey)
    },
    reopenTab: () => {
      const { closedTabs } = store.getState()
      const last = closedTabs.at(-1)
      if (last === undefined) return false
      store.setState({ closedTabs: closedTabs.slice(0, -1) })
      // A person is asked before a task is started.
      const asked = panesOf(last.layout).find(asksAnew)
      if (asked === undefined) addTab(placedAnew(last, nextKey))
      return true
    },
    askToRestart: (paneKey, size) => {
      const service = paneOf(store.getState().tabs, paneKey)?.ephemeral?.service
      if (service === undefined) void restartTerminal(paneKey, size)
      else store.setState({ containerDialog: { kind: 'again', paneKey, service, size } })
    },
    restartTerminal,
    write: (terminalId, text) => input.write(terminalId, text),
    resize: (terminalId, size) => input.resize(terminalId, size),
  }
}
