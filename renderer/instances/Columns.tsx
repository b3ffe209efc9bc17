// The column headers of the instance list.

import type { ReactNode } from 'react'
import { Heads, type HeadColumn } from '../parts/rows/Heads'
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

/** The columns in their order. A row has as many cells, not counting the actions. */
function columnsOf(environmentTag: string | undefined): readonly HeadColumn<SortColumn>[] {
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
export function Columns({ environmentTag, ...rest }: ColumnsProps): ReactNode {
  return <Heads columns={columnsOf(environmentTag)} actions="Actions" {...rest} />
}
