// Grey bars in place of rows that are still loading. They are not animated, and screen readers ignore them.

import type { ReactNode } from 'react'

const WIDTHS = [62, 48, 71, 55, 66, 44, 58, 69]

/** `rows` bars as high as a row, each fainter than the one above it. */
export function Skeleton({ rows = 8 }: { readonly rows?: number }): ReactNode {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => (
        <i key={row} style={{ opacity: 1 - row / (rows + 1) }}>
          <b style={{ width: `${(WIDTHS[row % WIDTHS.length] ?? 50) / 3}%` }} />
          <b style={{ width: '20%' }} />
          <b style={{ width: `${(WIDTHS[(row + 3) % WIDTHS.length] ?? 50) / 5}%` }} />
        </i>
      ))}
    </div>
  )
}
