// The page's clock: ticks every second while a countdown is visible, and every half minute otherwise.

import type { StoreApi } from 'zustand/vanilla'
import type { Snapshot } from '../../shared/model/snapshot'
import type { TerminalView } from '../../shared/model/terminal'
import type { PageState } from './state'

const COUNTDOWN_MS = 1_000

/** Texts change by the minute; this is the most that one may be late. */
const CALM_MS = 30_000

const LAST_MS = 90_000

/** The last minute of an ephemeral session is counted in seconds, and so is each step of its start. */
function isEphemeralCounted({ ephemeral, state }: TerminalView): boolean {
  if (ephemeral === undefined || state.kind === 'ended') return false
  const { expiresAt } = ephemeral
  return state.kind === 'connecting' || (expiresAt !== undefined && expiresAt - Date.now() < LAST_MS)
}

/**
 * Whether a countdown is shown: for a forward or a terminal that retries at a known time, for an outage of the Demo, or for an ephemeral
 * session that starts or ends.
 */
function hasCountdown(snapshot: Snapshot | undefined): boolean {
  if (snapshot === undefined) return false
  if (snapshot.environment.outage?.kind === 'network') return true
  if (snapshot.terminals.some(isEphemeralCounted)) return true
  return [...snapshot.forwards, ...snapshot.terminals].some(
    ({ state }) => 'retryAt' in state && state.retryAt !== undefined,
  )
}

/** Keeps `nowAt` current from now on; returns the stop. A new state sets `nowAt` as well, at most once a second. */
export function startClock(store: StoreApi<PageState>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const arm = (): void => {
    clearTimeout(timer)
    timer = setTimeout(
      () => {
        store.setState({ nowAt: Date.now() })
        arm()
      },
      hasCountdown(store.getState().snapshot) ? COUNTDOWN_MS : CALM_MS,
    )
  }
  const unsubscribe = store.subscribe((state, before) => {
    if (state.snapshot !== before.snapshot) arm()
  })
  arm()
  return () => {
    unsubscribe()
    clearTimeout(timer)
  }
}
