// A tooltip: what a sign means, or why a control does nothing. Never the only place of something that must be known.

import { Tooltip as RadixTooltip } from 'radix-ui'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { floats } from './floats'
import { ForeignSentence } from '../text/Foreign'

const DELAY_MS = 400

/** What a tooltip is told. */
export interface TooltipProps {
  /** Absent or "": no tooltip. */
  readonly text: string | undefined
  /** The keys that do the same: `['Ctrl', 'K']`. */
  readonly keys?: readonly string[]
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  /** Shown also without pointer and focus, as long as this holds: the answer to a press. */
  readonly isHeld?: boolean
  /** One element that takes a ref and the properties of a trigger: a native element, or one of our buttons. */
  readonly children: ReactNode
}

/** Shows `text` beside its child on hover and focus. Needs the `TooltipRoom` around it. */
export function Tooltip({ text, keys, side = 'bottom', isHeld = false, children }: TooltipProps): ReactNode {
  const [isOpen, setOpen] = useState(false)
  const trigger = useRef<HTMLButtonElement>(null)
  // Always the same tree: a control must not lose its focus because its reason came or went.
  const isSilent = text === undefined || text === ''
  // Radix tells no end of what it holds for closed: an open one that falls silent would come back with its next text.
  if (isSilent && isOpen) setOpen(false)
  // Radix hears of a pointer that leaves only once its content listens, which is behind this: left before, it would stay open.
  useEffect(() => {
    const control = trigger.current
    if (isOpen && control?.matches(':hover, :focus') === false) setOpen(false)
  }, [isOpen])
  return (
    <RadixTooltip.Root
      open={(isOpen || isHeld) && !isSilent}
      onOpenChange={(isWanted) => setOpen(isWanted && !isSilent)}
    >
      <RadixTooltip.Trigger asChild ref={trigger}>
        {children}
      </RadixTooltip.Trigger>
      <RadixTooltip.Portal container={floats()}>
        <RadixTooltip.Content className="tooltip" side={side} sideOffset={6} collisionPadding={8}>
          {text !== undefined && <ForeignSentence text={text} />}
          {keys !== undefined && <Keys keys={keys} />}
        </RadixTooltip.Content>
      </RadixTooltip.Portal>
    </RadixTooltip.Root>
  )
}

/** Keys as little caps, side by side. */
export function Keys({ keys }: { readonly keys: readonly string[] }): ReactNode {
  return (
    <span className="keys">
      {keys.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  )
}

/** Lets the tooltips of a page know of each other; once, around everything. */
export function TooltipRoom({ children }: { readonly children: ReactNode }): ReactNode {
  return <RadixTooltip.Provider delayDuration={DELAY_MS}>{children}</RadixTooltip.Provider>
}
