// Gives the focus back to where it was when a dialog opened. Radix does so for dialogs that have a trigger; ours have none.

import { useRef } from 'react'

/** The two moments of a dialog; both are handlers of its content. */
export interface FocusReturn {
  /** For `onOpenAutoFocus`: the focus has not moved yet. */
  readonly remember: () => void
  /** For `onCloseAutoFocus`. Where it was may be gone; then it stays where it is. */
  readonly giveBack: (event: Event) => void
}

/** Remembers where the focus was. */
export function useFocusReturn(): FocusReturn {
  const before = useRef<Element | null>(null)
  return {
    remember: () => {
      before.current = document.activeElement
    },
    giveBack: (event) => {
      event.preventDefault()
      const element = before.current
      if (element instanceof HTMLElement && element.isConnected) element.focus()
    },
  }
}
