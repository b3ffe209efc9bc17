// Watches the sessions while the view is seen: AWS is asked for their changes only then.

import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import type { EnvironmentRef } from '../../shared/model/environment'
import { usePage, usePageState } from '../context'
import type { MirroredSessions } from './mirror'

/** The environments whose sessions are shown: those that a person has chosen, else the shown one. */
export function useEnvironments(): readonly EnvironmentRef[] {
  const chosen = usePageState((state) => state.sessionEnvironments)
  const shown = usePageState((state) => state.snapshot?.environment.ref)
  return useMemo(() => (chosen.length > 0 || shown === undefined ? chosen : [shown]), [chosen, shown])
}

/** The sessions, kept up to date while this view is rendered and its page is visible. */
export function useWatch(environments: readonly EnvironmentRef[]): MirroredSessions {
  const page = usePage()
  // The snapshot may have an equal value as a new object.
  const key = JSON.stringify(environments)
  useEffect(() => {
    let stop: (() => void) | undefined
    const change = (): void => {
      const isSeen = document.visibilityState === 'visible' && environments.length > 0
      if (isSeen) stop ??= page.sessions.watch(environments)
      else {
        stop?.()
        stop = undefined
      }
    }
    change()
    document.addEventListener('visibilitychange', change)
    return () => {
      document.removeEventListener('visibilitychange', change)
      stop?.()
    }
    // oxlint-disable-next-line react/exhaustive-deps
  }, [page, key])
  return useStore(page.sessions.store)
}
