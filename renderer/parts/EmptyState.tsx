// What stands where nothing is: why, and what to do about it.

import type { ReactNode } from 'react'
import { Said } from './text/Foreign'

/** What an empty state is told. */
export interface EmptyStateProps {
  readonly title: ReactNode
  /** A sentence or a short list. */
  readonly text?: ReactNode
  /** One button or two. */
  readonly action?: ReactNode
}

/** An empty place with a title, a text and what can be done. */
export function EmptyState({ title, text, action }: EmptyStateProps): ReactNode {
  return (
    <div className="empty">
      <h2>
        <Said>{title}</Said>
      </h2>
      {text !== undefined && (
        <div className="text">
          <Said>{text}</Said>
        </div>
      )}
      {action !== undefined && <div className="actions">{action}</div>}
    </div>
  )
}
