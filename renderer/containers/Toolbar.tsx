// The bar above the Instances view, as far as both of its lists share it: which list is shown. And the bar of the containers.

import { ListFilter, RefreshCw, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { usePage, usePageState } from '../context'
import { listedWords } from '../instances/age'
import { Parts } from '../instances/Parts'
import { IconButton } from '../parts/controls/IconButton'
import { useFittingText } from '../parts/controls/useFittingText'

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
  const { input, placeholder } = useFittingText('Filter by name, cluster, task or state')
  return (
    <div className="viewbar">
      <h1 id="containers-title">Containers</h1>
      <Parts />
      <div className="filter">
        <ListFilter size={14} strokeWidth={1.75} aria-hidden="true" />
        <input
          type="text"
          aria-label="Filter containers"
          ref={input}
          placeholder={placeholder}
          data-view-filter
          spellCheck={false}
          autoComplete="off"
          value={filter}
          onChange={(event) => onFilter(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && filter !== '') {
              event.stopPropagation()
              onFilter('')
            }
            if (event.key === 'ArrowDown' || event.key === 'Enter') {
              event.preventDefault()
              onEnterList()
            }
          }}
        />
        {filter !== '' && <IconButton size="small" icon={X} label="Clear filter" onClick={() => onFilter('')} />}
      </div>
      <span className="count number" role="status">
        {shownWords}
      </span>
      <span className="space" />
      {listedAt !== undefined && <span className="age">{listedWords(listedAt, nowAt)}</span>}
      <IconButton
        icon={RefreshCw}
        label={isLoading ? 'Listing' : 'Refresh'}
        keys={['R']}
        className={isLoading ? 'turning' : ''}
        reason={isLoading ? 'The containers are being listed.' : undefined}
        onClick={() => void page.ask('containers.refresh', {})}
      />
    </div>
  )
}
