// The page's mirror of the core's state, and what a person can do to it.
//
// The core owns the truth: forwards and terminals are shown as the last snapshot tells them. Owned here are only what
// belongs to this page: the list as it was last asked for, the open tabs, the form's prefill.

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { RequestParameters } from '../shared/api'
import { toWireError, type WireError } from '../shared/errors'
import type { Instance, Snapshot } from '../shared/model'
import { changeSentences } from './announce'
import type { Connection, SocketLink } from './link'
import { OutputRouter } from './output'
import { Typing } from './typing'

/** The list of instances as far as it is known. A failed refresh keeps what was there before. */
interface InstanceList {
  readonly state:
    | { readonly kind: 'loading' }
    | { readonly kind: 'ready' }
    | { readonly kind: 'failed'; readonly error: WireError }
  readonly items: readonly Instance[]
}

/** A tab: it exists before its terminal does, because the terminal needs the tab's size. */
export interface Tab {
  readonly key: string
  readonly instanceId: string
  readonly terminal:
    | { readonly kind: 'opening' }
    | { readonly kind: 'bound'; readonly terminalId: string }
    | { readonly kind: 'failed'; readonly error: WireError }
}

/** What the views show. */
export interface PageState {
  readonly connection: Connection
  readonly snapshot: Snapshot | undefined
  readonly instances: InstanceList
  readonly tabs: readonly Tab[]
  readonly activeKey: string | undefined
  /** The instance that the forward form was last asked to take; `count` tells two askings apart. */
  readonly prefill: { readonly instanceId: string; readonly count: number }
  /** The last sentence for the live region. */
  readonly announcement: string
}

/** Columns and rows of a terminal. */
export interface Size {
  readonly cols: number
  readonly rows: number
}

/** The state and the actions of one page. Actions that a view must answer for reject with an `AppError`. */
export interface Page {
  readonly store: StoreApi<PageState>
  readonly output: OutputRouter
  refreshInstances(): Promise<void>
  /** Adds a tab; its view calls `openTerminal` once it knows its size. */
  addTab(instanceId: string): void
  /** Opens the tab's terminal. Never rejects: a failure becomes the tab's state. */
  openTerminal(key: string, size: Size): Promise<void>
  selectTab(key: string): void
  /** Closes the tab and ends its session. */
  closeTab(key: string): void
  write(terminalId: string, text: string): void
  resize(terminalId: string, size: Size): void
  prefillForward(instanceId: string): void
  openForward(parameters: RequestParameters<'forward.open'>): Promise<void>
  closeForward(forwardId: string): Promise<void>
}

const initial: PageState = {
  connection: 'connecting',
  snapshot: undefined,
  instances: { state: { kind: 'loading' }, items: [] },
  tabs: [],
  activeKey: undefined,
  prefill: { instanceId: '', count: 0 },
  announcement: '',
}

/** Makes the page's state and keeps it in step with the Link. Lives as long as the Link. */
export function createPage(link: SocketLink): Page {
  const output = new OutputRouter((terminalId, fromOffset) =>
    link.request('terminal.replay', { terminalId, fromOffset }),
  )
  const store = createStore<PageState>(() => initial)
  const typings = new Map<string, Typing>()
  let lastKey = 0
  let listing = 0

  const nextKey = (): string => {
    lastKey += 1
    return `tab-${lastKey}`
  }
  const replaceTab = (key: string, terminal: Tab['terminal']): void => {
    store.setState(({ tabs }) => ({ tabs: tabs.map((tab) => (tab.key === key ? { ...tab, terminal } : tab)) }))
  }
  // A request whose failure is told elsewhere: by the next snapshot, or by the banner when the Link is lost.
  const send = (request: Promise<unknown>): void => {
    request.catch(() => undefined)
  }

  const page: Page = {
    store,
    output,
    refreshInstances: async () => {
      listing += 1
      const mine = listing
      const set = (list: Partial<InstanceList>): void => {
        // Of two that run at once the later one counts.
        if (mine === listing) store.setState(({ instances }) => ({ instances: { ...instances, ...list } }))
      }
      set({ state: { kind: 'loading' } })
      try {
        set({ state: { kind: 'ready' }, items: await link.request('instances.list', {}) })
      } catch (error) {
        set({ state: { kind: 'failed', error: toWireError(error) } })
      }
    },
    addTab: (instanceId) => {
      const tab: Tab = { key: nextKey(), instanceId, terminal: { kind: 'opening' } }
      store.setState(({ tabs }) => ({ tabs: [...tabs, tab], activeKey: tab.key }))
    },
    openTerminal: async (key, size) => {
      const tab = store.getState().tabs.find((candidate) => candidate.key === key)
      if (tab === undefined) return
      try {
        const { terminalId } = await link.request('terminal.open', { instanceId: tab.instanceId, ...size })
        const isWanted = store.getState().tabs.some((candidate) => candidate.key === key)
        if (isWanted) replaceTab(key, { kind: 'bound', terminalId })
        else send(link.request('terminal.close', { terminalId }))
      } catch (error) {
        const wire = toWireError(error)
        replaceTab(key, { kind: 'failed', error: wire })
        store.setState({ announcement: wire.message })
      }
    },
    selectTab: (key) => store.setState({ activeKey: key }),
    closeTab: (key) => {
      const { tabs, activeKey } = store.getState()
      const index = tabs.findIndex((tab) => tab.key === key)
      const left = tabs.filter((tab) => tab.key !== key)
      const neighbour = left[Math.min(index, left.length - 1)]?.key
      store.setState({ tabs: left, activeKey: activeKey === key ? neighbour : activeKey })
      const closed = tabs[index]?.terminal
      if (closed?.kind === 'bound') send(link.request('terminal.close', { terminalId: closed.terminalId }))
    },
    write: (terminalId, text) => {
      const typing =
        typings.get(terminalId) ?? new Typing((piece) => link.request('terminal.write', { terminalId, text: piece }))
      typings.set(terminalId, typing)
      if (typing.push(text)) return
      store.setState({ announcement: 'The shell takes nothing now, and too much waits for it. The text was not sent.' })
    },
    resize: (terminalId, size) => send(link.request('terminal.resize', { terminalId, ...size })),
    prefillForward: (instanceId) =>
      store.setState(({ prefill }) => ({ prefill: { instanceId, count: prefill.count + 1 } })),
    openForward: async (parameters) => {
      await link.request('forward.open', parameters)
    },
    closeForward: async (forwardId) => {
      await link.request('forward.close', { forwardId })
    },
  }

  const mirror = (snapshot: Snapshot): void => {
    const before = store.getState().snapshot
    const known = new Set(snapshot.terminals.map((terminal) => terminal.id))
    for (const id of typings.keys()) if (!known.has(id)) typings.delete(id)
    store.setState({ snapshot })
    if (before === undefined) {
      // A page that was reloaded takes its terminals up again.
      const found = snapshot.terminals.map(({ id, instanceId }): Tab => ({
        key: nextKey(),
        instanceId,
        terminal: { kind: 'bound', terminalId: id },
      }))
      store.setState(({ tabs, activeKey }) => ({ tabs: [...found, ...tabs], activeKey: activeKey ?? found[0]?.key }))
      return
    }
    const { items } = store.getState().instances
    const sentences = changeSentences(before, snapshot, { instances: items, nowAt: Date.now() })
    if (sentences.length > 0) store.setState({ announcement: sentences.join(' ') })
  }

  const connectionChanged = (connection: Connection): void => {
    store.setState({ connection })
    const { state } = store.getState().instances
    if (connection !== 'open') return
    output.reconnected()
    if (state.kind !== 'ready') void page.refreshInstances()
  }

  link.on('snapshot', mirror)
  link.on('terminal.output', ({ terminalId, offset, base64 }) => output.push(terminalId, offset, base64))
  link.onConnection(connectionChanged)
  connectionChanged(link.connection)
  return page
}
