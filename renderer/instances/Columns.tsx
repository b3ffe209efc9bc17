// The heads of the instance list: what each column shows, and by which one the list is sorted.
//
// One of them is reached by Tab, the side arrows walk through the others; Enter, Space or a press sorts.

import { ArrowDown, ArrowUp } from 'lucide-react'
import { useRef, type KeyboardEvent, type ReactNode } from 'react'
import { ForeignName } from '../parts/text/Foreign'
import type { Sort, SortColumn } from './listing'

/** What the heads are told. */
export interface ColumnsProps {
  /** The tag of the column after the name; undefined: there is no such column. */
  readonly environmentTag: string | undefined
  readonly sort: Sort
  readonly onSort: (column: SortColumn) => void
  /** The way down into the rows. */
  readonly onEnterRows: () => void
}

interface Column {
  readonly column: SortColumn
  readonly className: string
  readonly label: ReactNode
}

/** The columns in their order. Their number is also that of the cells in a row, but for the actions. */
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

/** The row of heads. */
export function Columns({ environmentTag, sort, onSort, onEnterRows }: ColumnsProps): ReactNode {
  const row = useRef<HTMLDivElement>(null)
  const columns = columnsOf(environmentTag)
  const reached = columns.some(({ column }) => column === sort.column) ? sort.column : 'name'
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    // A head whose column has no room is not drawn.
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
