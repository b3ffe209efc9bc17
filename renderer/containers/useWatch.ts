// Keeps the list of containers new while a person sees it, and asks for it where containers are offered: AWS is asked only then.

import { useEffect } from 'react'
import { usePage } from '../context'

/** The core stops listing soon after the last of these requests. */
const WATCH_MS = 5_000

/** Asks for the containers to be kept new while this part is rendered and its page is visible. */
export function useWatch(): void {
  const page = usePage()
  useEffect(() => {
    const watch = (): void => {
      // The list itself tells a failure.
      if (document.visibilityState === 'visible') page.request('containers.watch', {}).catch(() => undefined)
    }
    watch()
    const timer = setInterval(watch, WATCH_MS)
    document.addEventListener('visibilitychange', watch)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', watch)
    }
  }, [page])
}

/** Asks once for the containers where they are offered: from then on they are known, also where the list itself was never shown. */
export function useListed(): void {
  const page = usePage()
  useEffect(() => {
    const { snapshot } = page.store.getState()
    const isOpen = snapshot?.environment.state.kind === 'open'
    if (isOpen && snapshot?.containers.listedAt === undefined) {
      page.request('containers.watch', {}).catch(() => undefined)
    }
  }, [page])
}
