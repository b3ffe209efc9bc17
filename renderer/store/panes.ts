// Tabs and panes as values: the tabs for a list of terminals, and the results of closing and reopening. Pure.

import type { TerminalView } from '../../shared/model/terminal'
import { mapPanes, panesOf } from './layout'
import type { Layout, Pane, Tab } from './state'

/** The instance or the set of a session, and its environment. */
export type Place = Pick<Pane, 'instance' | 'target' | 'ephemeral' | 'environment' | 'environmentName'>

/** Creates a key that was never used. */
export type NextKey = (kind: 'tab' | 'pane' | 'split') => string

/** The pane with this key in any of these tabs. */
export function paneOf(tabs: readonly Tab[], paneKey: string): Pane | undefined {
  return tabs.flatMap(({ layout }) => panesOf(layout)).find(({ key }) => key === paneKey)
}

/** The terminal of a pane as the core reports it, once it is listed. */
export function viewOf({ terminal }: Pane, terminals: readonly TerminalView[]): TerminalView | undefined {
  return terminal.kind === 'bound' ? terminals.find(({ id }) => id === terminal.terminalId) : undefined
}

/** The tab with another layout. If the active pane was removed, the pane now in its place in reading order becomes active. */
function withLayout(tab: Tab, layout: Layout): Tab {
  if (layout === tab.layout) return tab
  const panes = panesOf(layout)
  const index = panesOf(tab.layout).findIndex(({ key }) => key === tab.activePane)
  const isThere = panes.some(({ key }) => key === tab.activePane)
  const activePane = isThere ? tab.activePane : (panes[Math.min(index, panes.length - 1)]?.key ?? tab.activePane)
  return { ...tab, layout, activePane }
}

/** The tabs with one pane changed; the other tabs stay the same objects. */
export function changedPane(tabs: readonly Tab[], paneKey: string, change: (pane: Pane) => Pane): readonly Tab[] {
  return tabs.map((tab) => {
    const layout = mapPanes(tab.layout, (pane) => (pane.key === paneKey ? change(pane) : pane))
    return layout === undefined ? tab : withLayout(tab, layout)
  })
}

/**
 * Removes one pane of a tab, or the whole tab; returns the rest and the removed part. Undefined if the pane is not in the tab.
 */
export function withoutPane(
  tab: Tab,
  paneKey: string | undefined,
): { readonly rest: Tab | undefined; readonly gone: Tab } | undefined {
  const pane = paneKey === undefined ? undefined : paneOf([tab], paneKey)
  if (paneKey !== undefined && pane === undefined) return undefined
  const layout = pane === undefined ? undefined : mapPanes(tab.layout, (each) => (each === pane ? undefined : each))
  if (pane === undefined || layout === undefined) return { rest: undefined, gone: tab }
  return {
    rest: withLayout(tab, layout),
    gone: { key: tab.key, name: '', layout: { kind: 'pane', pane }, activePane: pane.key },
  }
}

/** Whether a session in the tab is open or is being resumed. */
export function isBusy(tab: Tab, terminals: readonly TerminalView[]): boolean {
  return panesOf(tab.layout).some((pane) => {
    const kind = viewOf(pane, terminals)?.state.kind
    return kind === 'open' || kind === 'reconnecting'
  })
}

/** A closed tab as a new one: the same instances and layout, new keys, no sessions yet. */
export function placedAnew(tab: Tab, nextKey: NextKey): Tab {
  let activePane = ''
  const anew = (layout: Layout): Layout => {
    if (layout.kind === 'split') {
      return { ...layout, id: nextKey('split'), first: anew(layout.first), second: anew(layout.second) }
    }
    const key = nextKey('pane')
    if (activePane === '' || layout.pane.key === tab.activePane) activePane = key
    return { kind: 'pane', pane: { ...layout.pane, key, terminal: { kind: 'opening' } } }
  }
  const layout = anew(tab.layout)
  return { key: nextKey('tab'), name: tab.name, layout, activePane }
}

/**
 * The tabs for these terminals. A pane is removed when its terminal was listed once and no longer is, and a tab with its last
 * pane. A terminal without a pane gets a tab, unless a pane on its instance is still waiting for its terminal's id.
 */
export function reconcileTabs(
  tabs: readonly Tab[],
  terminals: readonly TerminalView[],
  nextKey: NextKey,
): readonly Tab[] {
  const listed = new Map(terminals.map((terminal) => [terminal.id, terminal]))
  const kept = tabs.flatMap((tab): Tab[] => {
    const layout = mapPanes(tab.layout, (pane) => {
      if (pane.terminal.kind !== 'bound') return pane
      const view = listed.get(pane.terminal.terminalId)
      if (view === undefined) return pane.terminal.isListed ? undefined : pane
      listed.delete(view.id)
      return mirrored(pane, view)
    })
    return layout === undefined ? [] : [withLayout(tab, layout)]
  })
  const awaited = new Set(
    kept
      .flatMap(({ layout }) => panesOf(layout))
      .filter(({ terminal }) => terminal.kind === 'opening')
      .map(subjectOf),
  )
  const found = [...listed.values()].filter((view) => !awaited.has(subjectOf(view)))
  return [
    ...kept,
    ...found.map((view): Tab => {
      const { environment, environmentName } = view
      const key = nextKey('pane')
      const terminal = { kind: 'bound', terminalId: view.id, isListed: true } as const
      const pane: Pane = { key, ...placeOfView(view), environment, environmentName, terminal }
      return { key: nextKey('tab'), name: '', layout: { kind: 'pane', pane }, activePane: key }
    }),
  ]
}

/** The instance, the target and the ephemeral session of a terminal, as a pane keeps them. */
function placeOfView({
  instance,
  target,
  container,
  ephemeral,
}: TerminalView): Omit<Place, 'environment' | 'environmentName'> {
  if (ephemeral !== undefined) {
    const { cluster, service, container: name, command } = ephemeral
    return { instance, ephemeral: { cluster, service, container: name, command } }
  }
  const from = target ?? (container === undefined ? undefined : ({ kind: 'ecs', target: container } as const))
  return { instance, ...(from === undefined ? {} : { target: from }) }
}

/** What a session is on: a new task like a service's, the set or service that its host is chosen from, else its instance. */
function subjectOf({ instance, target, ephemeral }: Pick<Pane, 'instance' | 'target' | 'ephemeral'>): string {
  if (ephemeral !== undefined) return `ephemeral ${ephemeral.cluster}/${ephemeral.service}`
  return target === undefined ? instance.id : JSON.stringify(target)
}

/** The pane updated from its terminal; the same object if nothing has changed. */
function mirrored(pane: Pane, view: TerminalView): Pane {
  const { environment, environmentName } = view
  const { instance, target, ephemeral } = placeOfView(view)
  const { terminal } = pane
  if (terminal.kind !== 'bound') return pane
  const isSame =
    terminal.isListed &&
    pane.instance.id === instance.id &&
    pane.instance.name === instance.name &&
    pane.target?.kind === target?.kind &&
    (pane.ephemeral === undefined) === (ephemeral === undefined) &&
    pane.environmentName === environmentName &&
    JSON.stringify(pane.environment) === JSON.stringify(environment)
  if (isSame) return pane
  // The fields that the person has typed are kept: the core tells only some of them.
  const from =
    ephemeral === undefined ? (target === undefined ? {} : { target }) : { ephemeral: pane.ephemeral ?? ephemeral }
  return { ...pane, instance, ...from, environment, environmentName, terminal: { ...terminal, isListed: true } }
}
