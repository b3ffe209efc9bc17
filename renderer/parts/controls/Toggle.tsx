// The toggle: shows what the person wants, not the actual state.

import { Switch } from 'radix-ui'
import type { ReactNode } from 'react'

/** The props of a toggle. */
export interface ToggleProps {
  readonly isOn: boolean
  /** The effect of a press: "Turn orders-db off". Left out if a label refers to `id`. */
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
