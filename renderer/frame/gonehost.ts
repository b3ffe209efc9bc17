// A page whose host is gone: its keys do nothing any more, and the focus comes back when the host does.
//
// What it looks like is frame.css, what it says Notices.tsx. Controls are off by the fieldset around them (App.tsx).

import { useLayoutEffect } from 'react'
import { usePageState } from '../context'

/** Keys that move through the page or take something from it; all others could only ask the host. */
function isHarmless({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey) return key.length === 1
  return key === 'Tab' || key === 'Escape' || /^(F\d+|Arrow\w+|Page\w+|Home|End)$/.test(key)
}

function swallow(event: KeyboardEvent): void {
  if (!isHarmless(event)) event.stopPropagation()
}

/** Whether the host is gone, and what that does to keys and focus. */
export function useGoneHost(): boolean {
  const isGone = usePageState((state) => state.goneSinceAt !== undefined)
  useLayoutEffect(() => {
    if (!isGone) return
    // Where it was before its control was switched off.
    const focused = document.activeElement
    window.addEventListener('keydown', swallow, { capture: true })
    return () => {
      window.removeEventListener('keydown', swallow, { capture: true })
      if (focused instanceof HTMLElement && document.activeElement === document.body) focused.focus()
    }
  }, [isGone])
  return isGone
}
