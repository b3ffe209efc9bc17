// A chip: a short word on a tinted background, or outlined if it names a kind.

import type { ReactNode } from 'react'
import type { Tone } from '../../shared/status'

/** The props of a chip. */
export interface ChipProps {
  /** A state's tint, `line` for a kind (SSO, Role), `accent` for a choice. */
  readonly look?: Tone | 'line' | 'accent'
  readonly children: ReactNode
}

/** A chip. */
export function Chip({ look = 'idle', children }: ChipProps): ReactNode {
  return <span className={`chip ${look}`}>{children}</span>
}
