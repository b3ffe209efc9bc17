// A line of the settings: the setting's name on the left, its control on the right.

import type { ReactNode } from 'react'

/** The props of a line. */
export interface LineProps {
  readonly title: ReactNode
  readonly text?: ReactNode
  /** The control. Absent: the line only says something. */
  readonly children?: ReactNode
}

/** One line of a card. */
export function Line({ title, text, children }: LineProps): ReactNode {
  return (
    <div className="line">
      <div className="what">
        <div className="title">{title}</div>
        {text !== undefined && <p>{text}</p>}
      </div>
      {children}
    </div>
  )
}
