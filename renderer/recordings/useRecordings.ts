// The recordings of this computer, and the places in their output where a text was found.

import { useCallback, useEffect, useState } from 'react'
import type { RecordingListing } from '../../shared/api/recordings'
import { toWireError, type WireError } from '../../shared/errors'
import type { RecordingMatch } from '../../shared/model/recording'
import { usePage, usePageState } from '../context'

/** The pause in typing before a search begins: a search reads every file. */
const TYPING_MS = 300

/** Shorter texts occur in nearly every recording. */
export const MIN_SEARCH = 3

/** The list. */
export interface Listed {
  readonly listing: RecordingListing | undefined
  /** Why the last reading failed. */
  readonly error: WireError | undefined
  readonly refresh: () => void
}

/** Reads the list when it is first shown, when the recording of a terminal begins or ends, and when a person asks. */
export function useRecordings(): Listed {
  const page = usePage()
  const running = usePageState(({ snapshot }) =>
    (snapshot?.terminals ?? []).map(({ recording }) => recording?.recordingId ?? '').join('\n'),
  )
  const [state, setState] = useState<Omit<Listed, 'refresh'>>({ listing: undefined, error: undefined })
  const [count, setCount] = useState(0)
  useEffect(() => {
    let isOver = false
    page.request('recording.list', {}).then(
      (listing) => {
        if (!isOver) setState({ listing, error: undefined })
      },
      (error: unknown) => {
        if (!isOver) setState(({ listing }) => ({ listing, error: toWireError(error) }))
      },
    )
    return () => {
      isOver = true
    }
  }, [page, running, count])
  const refresh = useCallback(() => setCount((before) => before + 1), [])
  return { ...state, refresh }
}

/** A search in the output. */
export type Search =
  | { readonly kind: 'none' }
  | { readonly kind: 'searching' }
  | { readonly kind: 'failed'; readonly error: WireError }
  | {
      readonly kind: 'done'
      readonly matches: readonly RecordingMatch[]
      readonly isCut: boolean
      readonly text: string
    }

const NONE: Search = { kind: 'none' }
const SEARCHING: Search = { kind: 'searching' }

/** Searches for the text a moment after it was typed. Answers to earlier texts are dropped. */
export function useSearch(text: string): Search {
  const page = usePage()
  const wanted = text.trim()
  const [answer, setAnswer] = useState<{ readonly text: string; readonly search: Search }>({ text: '', search: NONE })
  useEffect(() => {
    if (wanted.length < MIN_SEARCH) return undefined
    let isOver = false
    const tell = (search: Search): void => {
      if (!isOver) setAnswer({ text: wanted, search })
    }
    const timer = setTimeout(() => {
      page.request('recording.search', { text: wanted }).then(
        ({ matches, isCut }) => tell({ kind: 'done', matches, isCut, text: wanted }),
        (error: unknown) => tell({ kind: 'failed', error: toWireError(error) }),
      )
    }, TYPING_MS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [page, wanted])
  if (wanted.length < MIN_SEARCH) return NONE
  return answer.text === wanted ? answer.search : SEARCHING
}
