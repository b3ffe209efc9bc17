// How large the window is, for what CSS alone cannot decide.

import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  window.addEventListener('resize', listener)
  return () => window.removeEventListener('resize', listener)
}

/** Below this width the rail shows icons only and views are narrow; the same figure as in the style sheets. */
export const NARROW_WINDOW_PX = 1_180

/** The window's inner width in px; the view is drawn again when it changes. */
export function useWindowWidth(): number {
  return useSyncExternalStore(subscribe, () => window.innerWidth)
}

/** The window's inner height in px; the view is drawn again when it changes. */
export function useWindowHeight(): number {
  return useSyncExternalStore(subscribe, () => window.innerHeight)
}
