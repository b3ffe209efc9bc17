// Reads the selected session in full, again when its row changes, and every few seconds while this app carries it.

import { useEffect, useState } from 'react'
import { toWireError, type WireError } from '../../shared/errors'
import type { AccountSession, SessionDetail } from '../../shared/model/accountsession'
import { usePage } from '../context'
import type { SessionPick } from '../store/state'

/** How often the figures of a session that this app carries are read: its connections and bytes. */
const FIGURES_MS = 3_000

/** What is known of the selected session. */
export type Reading =
  | { readonly kind: 'none' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'read'; readonly session: SessionDetail }
  | { readonly kind: 'failed'; readonly error: WireError }

const NONE: Reading = { kind: 'none' }

/** The selected session; `row` is its row in the list, which is shown until all is read. */
export function useDetail(pick: SessionPick | undefined, row: AccountSession | undefined): Reading {
  const page = usePage()
  const wanted = pick?.kind === 'session' ? pick : undefined
  const key = wanted === undefined ? '' : JSON.stringify(wanted)
  const [read, setRead] = useState<{ readonly key: string; readonly reading: Reading }>({ key: '', reading: NONE })
  const isCarried = row?.carrier !== undefined
  useEffect(() => {
    if (wanted === undefined) return
    const parameters = { environment: wanted.environment, sessionId: wanted.id }
    let isOver = false
    const ask = (): void => {
      page.request('sessions.read', parameters).then(
        (session) => {
          if (!isOver) setRead({ key, reading: { kind: 'read', session } })
        },
        (error: unknown) => {
          if (!isOver) setRead({ key, reading: { kind: 'failed', error: toWireError(error) } })
        },
      )
    }
    ask()
    const timer = isCarried
      ? setInterval(() => {
          if (document.visibilityState === 'visible') ask()
        }, FIGURES_MS)
      : undefined
    return () => {
      isOver = true
      clearInterval(timer)
    }
    // oxlint-disable-next-line react/exhaustive-deps
  }, [page, key, row, isCarried])
  if (wanted === undefined) return pick === undefined ? NONE : { kind: 'reading' }
  const reading = read.key === key ? read.reading : undefined
  // The row is newer than what was read before it changed.
  if (reading?.kind === 'read')
    return row === undefined ? reading : { kind: 'read', session: { ...reading.session, ...row } }
  if (row !== undefined) return { kind: 'read', session: { ...row, states: [], isRecorded: true } }
  return reading ?? { kind: 'reading' }
}
