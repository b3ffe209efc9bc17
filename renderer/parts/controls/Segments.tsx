// Segments: a choice of one option among few, side by side.

import { ToggleGroup } from 'radix-ui'
import type { ReactNode } from 'react'

/** One segment. */
interface Segment<V extends string> {
  readonly value: V
  readonly label: ReactNode
}

/** The props of segments. */
export interface SegmentsProps<V extends string> {
  /** The accessible name of the group. */
  readonly label: string
  readonly value: V
  readonly segments: readonly Segment<V>[]
  readonly onChange: (value: V) => void
}

/** Segments, one of which is always chosen. The arrow keys move between them. */
export function Segments<V extends string>({ label, value, segments, onChange }: SegmentsProps<V>): ReactNode {
  const choose = (chosen: string): void => {
    // Pressing the chosen segment reports an empty value, which is ignored.
    const segment = segments.find((candidate) => candidate.value === chosen)
    if (segment !== undefined) onChange(segment.value)
  }
  return (
    <ToggleGroup.Root type="single" className="segments" aria-label={label} value={value} onValueChange={choose}>
      {segments.map((segment) => (
        <ToggleGroup.Item key={segment.value} value={segment.value}>
          {segment.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
