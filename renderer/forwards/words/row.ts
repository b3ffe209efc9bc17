// What a forward's row says at a given time: its state, and what stands in place of its figures. Pure.

import type { ForwardView } from '../../../shared/model/forward'
import { forwardWords, type StateWords } from '../../../shared/status'
import { countdownOf, lastUpWords, standingOf, type Standing } from './trouble'

/** The words of a row. */
export interface RowWords {
  readonly state: StateWords
  /** The wait that `state` counts down; see `countdownOf`. */
  readonly countdown: ReturnType<typeof countdownOf>
  readonly standing: Standing
}

/** The words of a forward's row. `nowAt` is epoch ms, `via` the label of its instance. */
export function rowWords(view: ForwardView, via: string, nowAt: number): RowWords {
  const { tone, word, detail: since } = forwardWords(view, nowAt)
  const detail = view.state.kind === 'off' ? lastUpWords(view.lastUpAt, nowAt) : since
  return {
    state: { tone, word, ...(detail === undefined ? {} : { detail }) },
    countdown: countdownOf(view.state, nowAt),
    standing: standingOf(view, via, nowAt),
  }
}

/**
 * Keeps the words of one row: returns the same object while they read the same, so that the passing time renders a row again
 * only when its text changes.
 */
export function keepRowWords(): typeof rowWords {
  let kept: { readonly text: string; readonly words: RowWords } | undefined
  return (view, via, nowAt) => {
    const words = rowWords(view, via, nowAt)
    const text = JSON.stringify(words)
    if (kept?.text !== text) kept = { text, words }
    return kept.words
  }
}
