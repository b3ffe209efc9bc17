// A tooltip: explains a glyph, or why a control is disabled. Important information is never in a tooltip only.

import { Tooltip as RadixTooltip } from 'radix-ui'
import { useState, type ReactNode } from 'react'
import { floats } from './floats'
import { passEsc } from './passedesc'
import { ForeignSentence } from '../text/Foreign'

const DELAY_MS = 400

/** The props of a tooltip. */
export interface TooltipProps {
  /** Absent or "": no tooltip. */
  readonly text: string | undefined
  /** The keys for the same action: `['Ctrl', 'K']`. */
  readonly keys?: readonly string[]
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  /** While this is true, the tooltip is shown without hover or focus: it confirms a press. */
  readonly isHeld?: boolean
  /** One element that takes a ref and the properties of a trigger: a native element, or one of our buttons. */
  readonly children: ReactNode
}

/** Shows `text` beside its child on hover and focus. Needs the `TooltipRoom` around it. */
export function Tooltip({ text, keys, side = 'bottom', isHeld = false, children }: TooltipProps): ReactNode {
  const [isOpen, setOpen] = useState(false)
  // The component tree is always the same: a control must not lose the focus because its reason appears or disappears.
  const isSilent = text === undefined || text === ''
  // Radix does not report the close of a tooltip that we keep closed. Without this, an open tooltip that loses its text would
  // reappear with the next text.
  if (isSilent && isOpen) setOpen(false)
  return (
    <RadixTooltip.Root
      open={(isOpen || isHeld) && !isSilent}
      onOpenChange={(isWanted) => setOpen(isWanted && !isSilent)}
    >
      <RadixTooltip.Trigger asChild>{children}</RadixTooltip.Trigger>
      <RadixTooltip.Portal container={floats()}>
        <RadixTooltip.Content
          className="tooltip"
          side={side}
          sideOffset={6}
          collisionPadding={8}
          onEscapeKeyDown={passEsc}
        >
          {text !== undefined && <ForeignSentence text={text} />}
          {keys !== undefined && <Keys keys={keys} />}
        </RadixTooltip.Content>
      </RadixTooltip.Portal>
    </RadixTooltip.Root>
  )
}

/** Keys as small keycaps, side by side. */
export function Keys({ keys }: { readonly keys: readonly string[] }): ReactNode {
  return (
    <span className="keys">
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  )
}

/** Coordinates the tooltips of a page. Used once, around the whole page. */
export function TooltipRoom({ children }: { readonly children: ReactNode }): ReactNode {
  // A tooltip lets the pointer through (floats.css), so it closes as soon as the pointer has left its control. Otherwise Radix
  // keeps it open until the pointer moves once more.
  return (
    <RadixTooltip.Provider delayDuration={DELAY_MS} disableHoverableContent>
      {children}
    </RadixTooltip.Provider>
  )
}
