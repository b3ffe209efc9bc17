// The page while its host is gone: its keys do nothing, and the focus returns when the host is back.
//
// The appearance is in frame.css, the text in Notices.tsx. The fieldset in App.tsx disables the controls.

import { useLayoutEffect } from 'react'
import { usePageState } from '../context'

/** Keys that navigate the page or copy from it; all other keys could only send requests to the host. */
function isHarmless({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey) return key.length === 1
  return key === 'Tab' || key === 'Escape' || /^(F\d+|Arrow\w+|Page\w+|Home|End)$/.test(key)
}

function swallow(event: KeyboardEvent): void {
  if (!isHarmless(event)) event.stopPropagation()
}

/** Whether the host is gone. While it is, blocks keys and remembers the focus. */
export function useGoneHost(): boolean {
  const isGone = usePageState((state) => state.goneSinceAt !== undefined)
  useLayoutEffect(() => {
    if (!isGone) return
    // The element that had the focus before its control was disabled.
    const focused = document.activeElement
    window.addEventListener('keydown', swallow, { capture: true })
    return () => {
      window.removeEventListener('keydown', swallow, { capture: true })
      if (focused instanceof HTMLElement && document.activeElement === document.body) focused.focus()
    }
  }, [isGone])
  return isGone
}
