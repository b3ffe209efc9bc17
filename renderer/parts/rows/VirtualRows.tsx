// The part of a long list that scrolls: as high as all of its rows, of which only those in sight are rendered.

import type { ReactNode } from 'react'
import type { Rows } from './useRows'

/** Where a row is rendered. */
interface RowPlace {
  readonly index: number
  /** Its distance from the top of the list, and its height, in pixels. */
  readonly start: number
  readonly size: number
}

interface VirtualRowsProps<R> {
  readonly rows: readonly R[]
  readonly of: Pick<Rows, 'scroller' | 'virtual'>
  /** Renders one row. Its element has the row's key. */
  readonly children: (row: R, place: RowPlace) => ReactNode
}

/** The rows in sight. */
export function VirtualRows<R>({ rows, of: { scroller, virtual }, children }: VirtualRowsProps<R>): ReactNode {
  return (
    <div className="scroll" role="rowgroup" ref={scroller}>
      <div className="sizer" role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, size }) => {
          const row = rows[index]
          return row === undefined ? null : children(row, { index, start, size })
        })}
      </div>
    </div>
  )
}
