// The time for words like "for 34 min", renewed while a view is shown.

import { useEffect, useState } from 'react'

/** Words change by the minute; this is how late one may be. */
const RENEW_MS = 15_000

/** Epoch ms, renewed every few seconds. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), RENEW_MS)
    return () => clearInterval(timer)
  }, [])
  return now
}
