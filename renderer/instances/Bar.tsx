// The bar above either list of the Instances view: which list, its filter, the age of the list, and its refresh.

import type { ReactNode } from 'react'
import { usePage, usePageState } from '../context'
import { Refresh, RowFilter } from '../parts/rows/ListBar'
import { listedWords } from './age'
import { Parts } from './Parts'

/** The props of a list's toolbar. */
export interface ToolbarProps {
  readonly filter: string
  readonly onFilter: (filter: string) => void
  /** Moves the focus from the filter down into the list. */
  readonly onEnterList: () => void
  /** "3 of 26" while the filter hides rows. */
  readonly shownWords: string
}

interface BarProps extends ToolbarProps {
  readonly list: 'instances' | 'containers'
  readonly title: string
  readonly placeholder: string
  /** When the shown list was made; undefined: there is none yet. */
  readonly listedAt: number | undefined
  /** Buttons before the age of the list. */
  readonly children?: ReactNode
}

/** The bar. `/` and Ctrl+F focus the filter, Esc empties it. */
export function Bar(props: BarProps): ReactNode {
  const { list, title, placeholder, filter, onFilter, onEnterList, shownWords, listedAt, children } = props
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const isLoading = usePageState((state) => state.snapshot?.[list].state.kind === 'loading')
  return (
    <div className="viewbar">
      <h1 id={`${list}-title`}>{title}</h1>
      <Parts />
      <RowFilter
        label={`Filter ${list}`}
        placeholder={placeholder}
        value={filter}
        onChange={onFilter}
        onEnterList={onEnterList}
      />
      <span className="count number" role="status">
        {shownWords}
      </span>
      <span className="space" />
      {children}
      {listedAt !== undefined && <span className="age">{listedWords(listedAt, nowAt)}</span>}
      <Refresh isLoading={isLoading} noun={list} onRefresh={() => void page.ask(`${list}.refresh`, {})} />
    </div>
  )
}
