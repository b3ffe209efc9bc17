// The state of everything together, for tray, title and top bar: how many forwards are in each state, and whether a person is needed.

import type { Snapshot } from './model/snapshot'
import { forwardWords, isUnreached, type Tone } from './status'

/** The number of forwards in each state; forwards that are off are not counted. */
export interface Summary {
  readonly up: number
  readonly working: number
  readonly waiting: number
  /** Includes forwards whose session is up but whose destination is not reached. */
  readonly failed: number
  /** The word for `failed`: "failed", or "with a problem" if a session is up nonetheless. */
  readonly failedWord: string
}

/** Counts the forwards that are on. */
export function summarize({ forwards }: Pick<Snapshot, 'forwards'>): Summary {
  const count = (tone: Tone): number => forwards.filter((view) => forwardWords(view, 0).tone === tone).length
  return {
    up: count('up'),
    working: count('working'),
    waiting: count('waiting'),
    failed: count('failed'),
    failedWord: forwards.some(isUnreached) ? 'with a problem' : 'failed',
  }
}

/** What needs a person: of the forwards a failed one, or one that waits for a login; and required drains that do not deliver. */
export function needsOf({ forwards, drains }: Pick<Snapshot, 'forwards' | 'drains'>): {
  readonly forwards: 'failed' | 'waiting' | undefined
  /** How many: no terminal of their environments opens. */
  readonly drains: number
} {
  const isLoginNeeded = forwards.some(({ state }) => state.kind === 'waiting' && state.for === 'login')
  return {
    forwards: summarize({ forwards }).failed > 0 ? 'failed' : isLoginNeeded ? 'waiting' : undefined,
    drains: drains.filter(({ drain, state }) => drain.isRequired && state.kind === 'failing').length,
  }
}

/**
 * The overall state, in order of precedence: a person is needed (see `needsOf`), something is in progress (including other waits),
 * something is up, nothing is.
 */
export function overallTone(snapshot: Pick<Snapshot, 'forwards' | 'drains'>): 'idle' | 'up' | 'working' | 'attention' {
  const { up, working, waiting } = summarize(snapshot)
  const needs = needsOf(snapshot)
  if (needs.forwards !== undefined || needs.drains > 0) return 'attention'
  if (working + waiting > 0) return 'working'
  return up > 0 ? 'up' : 'idle'
}

/** The overall state on one line: "2 up, 1 failed", "No forward is on", "1 up, a required drain fails". */
export function summaryWords(snapshot: Pick<Snapshot, 'forwards' | 'drains'>): string {
  const { drains } = needsOf(snapshot)
  const failing = drains === 1 ? ', a required drain fails' : drains > 1 ? `, ${drains} required drains fail` : ''
  return `${forwardsWords(snapshot)}${failing}`
}

function forwardsWords(snapshot: Pick<Snapshot, 'forwards'>): string {
  const { up, working, waiting, failed, failedWord } = summarize(snapshot)
  const parts = [
    [up, 'up'],
    [working, 'working'],
    [waiting, 'waiting'],
    [failed, failedWord],
  ] as const
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return said.length === 0 ? 'No forward is on' : said.join(', ')
}
