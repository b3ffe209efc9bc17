// The page's clock: turns on each second while a countdown is in sight, and each half minute otherwise.

import type { StoreApi } from 'zustand/vanilla'
import type { Snapshot } from '../../shared/model/snapshot'
import type { PageState } from './state'

const COUNTDOWN_MS = 1_000

/** Words change by the minute; this is how late one may be. */
const CALM_MS = 30_000

/** Whether something counts seconds down: a forward or a terminal that will try again at a known time, or an outage of the Demo. */
function hasCountdown(snapshot: Snapshot | undefined): boolean {
  if (snapshot === undefined) return false
  if (snapshot.environment.outage?.kind === 'network') return true
  return [...snapshot.forwards, ...snapshot.terminals].some(
    ({ state }) => 'retryAt' in state && state.retryAt !== undefined,
  )
}

/** Keeps `nowAt` going from now on; returns the stop. A new state sets `nowAt` by itself, once a second. */
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
