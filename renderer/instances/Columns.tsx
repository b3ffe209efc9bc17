// The column headers of the instance list: what each column shows, and which one the list is sorted by.
//
// One header is in the tab order, and the left and right arrows move between them; Enter, Space or a press sorts.

import { ArrowDown, ArrowUp } from 'lucide-react'
import { useRef, type KeyboardEvent, type ReactNode } from 'react'
import { ForeignName } from '../parts/text/Foreign'
import type { Sort, SortColumn } from './listing'

/** The props of the heads. */
export interface ColumnsProps {
  /** The tag of the column after the name; undefined: the column does not exist. */
  readonly environmentTag: string | undefined
  readonly sort: Sort
  readonly onSort: (column: SortColumn) => void
  /** Moves the focus down into the rows. */
  readonly onEnterRows: () => void
}

interface Column {
  readonly column: SortColumn
  readonly className: string
  readonly label: ReactNode
}

/** The columns in their order. A row has as many cells, not counting the actions. */
function columnsOf(environmentTag: string | undefined): readonly Column[] {
  return [
    { column: 'name', className: 'name', label: 'Name' },
    ...(environmentTag === undefined
      ? []
      : [{ column: 'environment' as const, className: 'env', label: <ForeignName text={environmentTag} /> }]),
    { column: 'id', className: 'id', label: 'Id' },
    { column: 'state', className: 'where', label: 'State' },
    { column: 'address', className: 'ip', label: 'Address' },
    { column: 'agent', className: 'version', label: 'Agent' },
  ]
}

/** The header row. */
export function Columns({ environmentTag, sort, onSort, onEnterRows }: ColumnsProps): ReactNode {
  const row = useRef<HTMLDivElement>(null)
  const columns = columnsOf(environmentTag)
  const reached = columns.some(({ column }) => column === sort.column) ? sort.column : 'name'
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
        <span className="hidden">Actions</span>
      </span>
    </div>
  )
}
