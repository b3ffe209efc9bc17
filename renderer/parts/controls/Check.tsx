// A checkbox without a visible label, for rows and their header.

import { useEffect, useRef, type MouseEvent, type ReactNode } from 'react'

/** The props of a checkbox. */
export interface CheckProps {
  readonly isChecked: boolean
  /** Some of its rows are chosen, but not all. */
  readonly isMixed?: boolean
  /** Its accessible name: "Select web-1". */
  readonly label: string
  readonly tabIndex?: number
  /** `isRange`: Shift was held, so the rows from the last chosen one to this one are meant. */
  readonly onChange: (isChecked: boolean, isRange: boolean) => void
}

/** A checkbox. A press on it does not press the row around it. */
export function Check({ isChecked, isMixed = false, label, tabIndex, onChange }: CheckProps): ReactNode {
  const box = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = isMixed
  }, [isMixed])
  const press = (event: MouseEvent<HTMLInputElement>): void => {
    event.stopPropagation()
    onChange(event.currentTarget.checked, event.shiftKey)
  }
  return (
    <input
      ref={box}
      type="checkbox"
      className="check"
      aria-label={label}
      checked={isChecked}
      tabIndex={tabIndex}
      onClick={press}
      onDoubleClick={(event) => event.stopPropagation()}
      // The press itself is handled above: it knows of Shift.
      onChange={() => undefined}
    />
  )
}
