// Returns the focus to the earlier element when a dialog closes. Radix does so for dialogs with a trigger; ours have none.

import { useRef } from 'react'

/** The handlers of a dialog's content for its opening and its closing. */
export interface FocusReturn {
  /** For `onOpenAutoFocus`: the focus has not moved yet. */
  readonly remember: () => void
  /** For `onCloseAutoFocus`. If the earlier element was removed, the focus stays where it is. */
  readonly giveBack: (event: Event) => void
}

/** Remembers which element had the focus. */
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
