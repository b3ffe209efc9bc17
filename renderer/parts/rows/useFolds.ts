// Which rows of a list are folded. A filter opens all of them: rows folded while filtering are folded for this filter only.

import { useState } from 'react'

const NONE: readonly string[] = []

interface FoldsOptions {
  /** The keys of the rows that are folded while there is no filter. */
  readonly lasting: readonly string[]
  readonly onLasting: (keys: readonly string[]) => void
  /** What the list is filtered by; undefined: it is not filtered. */
  readonly filter: string | undefined
}

/** The keys of the folded rows, and what folds a row or opens it. */
export function useFolds({ lasting, onLasting, filter }: FoldsOptions): {
  readonly folded: readonly string[]
  readonly fold: (key: string) => void
} {
  const [filtered, setFiltered] = useState({ filter: '', keys: NONE })
  const folded = filter === undefined ? lasting : filtered.filter === filter ? filtered.keys : NONE
  const fold = (key: string): void => {
    const keys = folded.includes(key) ? folded.filter((each) => each !== key) : [...folded, key]
    if (filter === undefined) onLasting(keys)
    else setFiltered({ filter, keys })
  }
  return { folded, fold }
}
