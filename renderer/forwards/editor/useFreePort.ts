// Asks the core for a local port that is free now.

import { useEffect, useState } from 'react'
import { usePage } from '../../context'
import type { Page } from '../../store'

/** The core is asked once the port has not changed for this long. */
const SETTLED_MS = 200

/** The first free port at or above `from` that no saved forward uses; undefined if none is known. Never rejects. */
export function suggestPort(page: Page, from: number): Promise<number | undefined> {
  return page.request('port.suggest', { from }).then(
    ({ localPort }) => localPort,
    // A failed request means no proposal.
    () => undefined,
  )
}

/** The first free port at or above `from`; undefined while it is not known. */
export function useFreePort(from: number | undefined): number | undefined {
  const page = usePage()
  const [answer, setAnswer] = useState<{ readonly from: number; readonly free: number | undefined } | undefined>(
    undefined,
  )
  useEffect(() => {
    if (from === undefined) return
    let isWanted = true
    const timer = setTimeout(() => {
      void suggestPort(page, from).then((free) => {
        if (isWanted) setAnswer({ from, free })
      })
    }, SETTLED_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [page, from])
  return answer?.from === from ? answer?.free : undefined
}
