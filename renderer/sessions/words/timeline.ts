// The states of a session as lines, newest first, each with its time and how long it lasted. Pure.

import type { SessionDetail } from '../../../shared/model/accountsession'
import type { StateWords } from '../../../shared/status'
import { momentWords, shortSpan, stateWords } from './states'

/** A line of the timeline. */
export interface StateLine {
  readonly words: StateWords
  /** Epoch ms. */
  readonly at: number
  readonly time: string
  /** "for 12 s", "for 34 min so far"; undefined for the last state, and where the end is not known. */
  readonly span?: string
}

/** The lines of a session's states. */
export function stateLines({ id, states }: Pick<SessionDetail, 'id' | 'states'>, nowAt: number): readonly StateLine[] {
  return states.map(({ state, startAt, endAt }) => {
    const line = { words: stateWords({ id, state }), at: startAt, time: momentWords(startAt, nowAt) }
    if (endAt !== undefined) return { ...line, span: `for ${shortSpan(endAt - startAt)}` }
    if (state === 'terminated') return line
    return { ...line, span: `for ${shortSpan(Math.max(0, nowAt - startAt))} so far` }
  })
}
