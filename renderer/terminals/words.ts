// What a tab says of its terminal. Pure.

import type { WireError } from '../../shared/errors'
import type { TerminalView } from '../../shared/model'
import { terminalWords, type StateWords } from '../../shared/status'
import type { Tab } from '../store/state'

const SECOND_MS = 1_000

/** The tab's state in words; `view` is its terminal as the core tells it, once it is listed. */
export function tabWords(tab: Tab, view: TerminalView | undefined): StateWords {
  if (tab.terminal.kind === 'failed') return { tone: 'failed', word: 'Not connected' }
  return terminalWords(view?.state ?? { kind: 'connecting' })
}

/** Why a tab has no session any more; undefined while it has one or is about to. */
export function endOf(tab: Tab, view: TerminalView | undefined): string | undefined {
  if (tab.terminal.kind === 'failed') return tab.terminal.error.message
  if (view?.state.kind !== 'ended') return undefined
  return view.state.error?.message ?? view.state.text
}

/** The error that has ended or prevented a tab's session; undefined: there is none. */
export function errorOf(tab: Tab, view: TerminalView | undefined): WireError | undefined {
  if (tab.terminal.kind === 'failed') return tab.terminal.error
  return view?.state.kind === 'ended' ? view.state.error : undefined
}

/** "in 4 s", while a terminal waits for its next attempt; "" while one is under way. `nowAt` is epoch ms. */
export function retryWords(state: TerminalView['state'], nowAt: number): string {
  if (state.kind !== 'reconnecting' || state.retryAt === undefined || state.retryAt <= nowAt) return ''
  return `in ${Math.ceil((state.retryAt - nowAt) / SECOND_MS)} s`
}
