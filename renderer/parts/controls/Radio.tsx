// A choice of one option among few, each with a label.

import { RadioGroup } from 'radix-ui'
import { useId, type ReactNode } from 'react'

/** One of the options. */
interface RadioOption<V extends string> {
  readonly value: V
  readonly label: ReactNode
}

/** The props of radios. */
export interface RadioProps<V extends string> {
  /** The accessible name of the group. */
  readonly label: string
  readonly value: V
  readonly options: readonly RadioOption<V>[]
  readonly onChange: (value: V) => void
}

function Option({ value, label }: RadioOption<string>): ReactNode {
  const id = useId()
  return (
    <span className="radio">
      <RadioGroup.Item id={id} className="dot" value={value} />
      <label htmlFor={id}>{label}</label>
    </span>
  )
}

/** Radio buttons, one below the other; the arrow keys choose. */
export function Radio<V extends string>({ label, value, options, onChange }: RadioProps<V>): ReactNode {
  const choose = (chosen: string): void => {
    const option = options.find((candidate) => candidate.value === chosen)
    if (option !== undefined) onChange(option.value)
  }
  return (
    <RadioGroup.Root className="radios" aria-label={label} value={value} onValueChange={choose}>
      {options.map((option) => (
        <Option key={option.value} {...option} />
      ))}
    </RadioGroup.Root>
  )
}
