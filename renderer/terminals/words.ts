// What a pane and a tab say of their terminals. Pure.

import type { WireError } from '../../shared/errors'
import type { Instance } from '../../shared/model/instance'
import type { TerminalView } from '../../shared/model/terminal'
import { instanceLabel, terminalWords, type StateWords, type Tone } from '../../shared/status'
import { panesOf } from '../store/layout'
import type { Pane, Tab } from '../store/state'

const SECOND_MS = 1_000

/** The tones of a tab's panes, the one that a person must know of first. */
const WORST_FIRST: readonly Tone[] = ['failed', 'waiting', 'working', 'idle', 'up']

/** The pane's state in words; `view` is its terminal as the core tells it, once it is listed. */
export function paneWords(pane: Pane, view: TerminalView | undefined): StateWords {
  if (pane.terminal.kind === 'failed') return { tone: 'failed', word: 'Not connected' }
  return terminalWords(view?.state ?? { kind: 'connecting' })
}

/** Of the words of several panes those of the worst; `words` is never empty. */
export function worstWords(words: readonly StateWords[]): StateWords {
  const order = ({ tone }: StateWords): number => WORST_FIRST.indexOf(tone)
  return words.toSorted((a, b) => order(a) - order(b))[0] ?? { tone: 'idle', word: '' }
}

/** What a tab is called: as a person named it, else by its first instance. */
export function tabLabel({ name, layout }: Tab, instances: readonly Instance[]): string {
  const [first] = panesOf(layout)
  return name === '' && first !== undefined ? instanceLabel(instances, first.instance) : name
}

/** Why a pane has no session any more, as a sentence; undefined while it has one or is about to. */
export function endOf(pane: Pane, view: TerminalView | undefined): string | undefined {
  if (pane.terminal.kind === 'failed') return pane.terminal.error.message
  if (view?.state.kind !== 'ended') return undefined
  const text = view.state.error?.message ?? view.state.text
  return text === '' ? 'The shell exited.' : text
}

/** The failure that has ended a pane's session, or kept it from one; undefined where there is none. */
export function errorOf(pane: Pane, view: TerminalView | undefined): WireError | undefined {
  if (pane.terminal.kind === 'failed') return pane.terminal.error
  return view?.state.kind === 'ended' ? view.state.error : undefined
}

/** "in 4 s", while a terminal waits for its next attempt; "" while one is under way. `nowAt` is epoch ms. */
export function retryWords(state: TerminalView['state'], nowAt: number): string {
  if (state.kind !== 'reconnecting' || state.retryAt === undefined || state.retryAt <= nowAt) return ''
  return `in ${Math.ceil((state.retryAt - nowAt) / SECOND_MS)} s`
}

/** A search in a terminal. */
export interface Query {
  readonly text: string
  readonly isCaseSensitive: boolean
  readonly isRegex: boolean
}

/** How many matches there are, as far as they are counted, and which is the current one: 0 for the first, -1 for none. */
export interface FindResults {
  readonly index: number
  readonly count: number
}

/** At most so many matches are counted and marked. */
export const MAX_MATCHES = 1_000

/** Why a query cannot be searched for; undefined where it can. */
export function queryProblem({ text, isRegex }: Query): string | undefined {
  if (!isRegex) return undefined
  try {
    return new RegExp(text) instanceof RegExp ? undefined : ''
  } catch {
    return 'Not a regular expression. Correct it, or turn off .* to find the text as it is.'
  }
}

/** "2 of 3", "1000 or more", "No match"; "" while nothing is searched for. */
export function resultWords({ text }: Query, { index, count }: FindResults): string {
  if (text === '') return ''
  if (count === 0) return 'No match'
  if (count >= MAX_MATCHES) return `${MAX_MATCHES} or more`
  return index < 0 ? `${count} found` : `${index + 1} of ${count}`
}
