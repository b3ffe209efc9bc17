// Shown in an empty place: why it is empty, and what to do about it.

import type { ReactNode } from 'react'
import { Said } from './text/Foreign'

/** The props of an empty state. */
export interface EmptyStateProps {
  readonly title: ReactNode
  /** A sentence or a short list. */
  readonly text?: ReactNode
  /** One or two buttons. */
  readonly action?: ReactNode
}

/** A title, a text and actions in an empty place. */
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
