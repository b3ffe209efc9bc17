// The toggle: shows what a person wants, not what is.

import { Switch } from 'radix-ui'
import type { ReactNode } from 'react'

/** What a toggle is told. */
export interface ToggleProps {
  readonly isOn: boolean
  /** What a press does: "Turn orders-db off". Left out where `id` belongs to a label. */
  readonly label?: string
  /** For a `<label htmlFor>`. */
  readonly id?: string
  readonly onChange: (isOn: boolean) => void
}

/** A switch, 30 × 18. */
export function Toggle({ isOn, label, id, onChange }: ToggleProps): ReactNode {
  return (
    <Switch.Root
      className="toggle"
      checked={isOn}
      onCheckedChange={onChange}
      {...(label === undefined ? {} : { 'aria-label': label })}
      {...(id === undefined ? {} : { id })}
    >
      <Switch.Thumb className="knob" />
    </Switch.Root>
  )
}
