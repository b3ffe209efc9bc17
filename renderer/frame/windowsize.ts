// The window's size, for decisions that CSS cannot make.

import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  window.addEventListener('resize', listener)
  return () => window.removeEventListener('resize', listener)
}

/** Below this width the rail shows icons only and the views use their narrow layout; the style sheets use the same value. */
export const NARROW_WINDOW_PX = 1_180

/** The window's inner width in px; the view is rendered again when it changes. */
export function useWindowWidth(): number {
  return useSyncExternalStore(subscribe, () => window.innerWidth)
}

/** The window's inner height in px; the view is rendered again when it changes. */
export function useWindowHeight(): number {
  return useSyncExternalStore(subscribe, () => window.innerHeight)
}
