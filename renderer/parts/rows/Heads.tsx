// The column headers of a long list: what each column shows, and which one the list is sorted by.
//
// One header is in the tab order, and the left and right arrows move between them; Enter, Space or a press sorts.

import { ArrowDown, ArrowUp } from 'lucide-react'
import { useRef, type KeyboardEvent, type ReactNode } from 'react'

/** A column. */
export interface HeadColumn<C extends string> {
  readonly column: C
  readonly className: string
  readonly label: ReactNode
}

/** The props of the heads. */
export interface HeadsProps<C extends string> {
  readonly columns: readonly HeadColumn<C>[]
  readonly sort: { readonly column: C; readonly direction: 'ascending' | 'descending' }
  readonly onSort: (column: C) => void
  /** Moves the focus down into the rows. */
  readonly onEnterRows: () => void
  /** A header before the columns. */
  readonly before?: ReactNode
  /** The header of the column of buttons. */
  readonly actions: string
}

/** The header row. */
export function Heads<C extends string>(props: HeadsProps<C>): ReactNode {
  const { columns, sort, onSort, onEnterRows, before, actions } = props
  const row = useRef<HTMLDivElement>(null)
  const reached = columns.some(({ column }) => column === sort.column) ? sort.column : columns[0]?.column
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    // The header of a column that does not fit is not rendered.
    const heads = [...(row.current?.querySelectorAll('button') ?? [])].filter((head) => head.offsetParent !== null)
    const index = heads.findIndex((head) => head === document.activeElement)
    if (event.key === 'ArrowRight') heads[Math.min(index + 1, heads.length - 1)]?.focus()
    else if (event.key === 'ArrowLeft') heads[Math.max(index - 1, 0)]?.focus()
    else if (event.key === 'ArrowDown') onEnterRows()
    else return
    event.preventDefault()
  }
  return (
    <div className="columns" role="row" aria-rowindex={1} ref={row}>
      {before}
      {columns.map(({ column, className, label }) => {
        const isSorted = column === sort.column
        const Arrow = sort.direction === 'ascending' ? ArrowUp : ArrowDown
        return (
          <span key={column} className={className} role="columnheader" aria-sort={isSorted ? sort.direction : 'none'}>
            <button
              type="button"
              tabIndex={column === reached ? 0 : -1}
              onKeyDown={press}
              onClick={() => onSort(column)}
            >
              <span className="cut-off">{label}</span>
              {isSorted && <Arrow size={12} strokeWidth={2} aria-hidden="true" />}
            </button>
          </span>
        )
      })}
      <span className="actions" role="columnheader">
        <span className="hidden">{actions}</span>
      </span>
    </div>
  )
}
