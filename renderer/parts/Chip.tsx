// A chip: a short word on a tint, or in a line for a kind.

import type { ReactNode } from 'react'
import type { Tone } from '../../shared/status'

/** What a chip is told. */
export interface ChipProps {
  /** A state's tint, `line` for a kind (SSO, Role), `accent` for a choice. */
  readonly look?: Tone | 'line' | 'accent'
  readonly children: ReactNode
}

/** A chip. */
export function Chip({ look = 'idle', children }: ChipProps): ReactNode {
  return <span className={`chip ${look}`}>{children}</span>
}
