// The bar above the containers: filter, the age of the list, and its refresh.

import type { ReactNode } from 'react'
import { usePage, usePageState } from '../context'
import { listedWords } from '../instances/age'
import { Parts } from '../instances/Parts'
import { Refresh, RowFilter } from '../parts/rows/ListBar'

interface ToolbarProps {
  readonly filter: string
  readonly onFilter: (filter: string) => void
  /** Moves the focus from the filter down into the list. */
  readonly onEnterList: () => void
  /** "3 of 26" while the filter hides containers. */
  readonly shownWords: string
}

/** The toolbar. `/` and Ctrl+F focus the filter, Esc empties it. */
export function Toolbar({ filter, onFilter, onEnterList, shownWords }: ToolbarProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const listedAt = usePageState((state) => state.snapshot?.containers.listedAt)
  const isLoading = usePageState((state) => state.snapshot?.containers.state.kind === 'loading')
  return (
    <div className="viewbar">
      <h1 id="containers-title">Containers</h1>
      <Parts />
      <RowFilter
        label="Filter containers"
        placeholder="Filter by name, cluster, task or state"
        value={filter}
        onChange={onFilter}
        onEnterList={onEnterList}
      />
      <span className="count number" role="status">
        {shownWords}
      </span>
      <span className="space" />
      {listedAt !== undefined && <span className="age">{listedWords(listedAt, nowAt)}</span>}
      <Refresh isLoading={isLoading} noun="containers" onRefresh={() => void page.ask('containers.refresh', {})} />
    </div>
  )
}
