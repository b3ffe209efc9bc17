// The working glyph while a wait runs down: its arc fills until the moment of the next attempt.
//
// The seconds stand in the words beside it; with reduced motion the glyph is still and they tell it alone.

import { useState, type CSSProperties, type ReactNode } from 'react'

/** What a countdown is told. Both are epoch ms; a new `retryAt` is a new countdown, by its React key. */
export interface CountdownProps {
  readonly retryAt: number
  readonly nowAt: number
}

/** A ring (`.glyph.working.countdown`) that fills from now to `retryAt`. */
export function Countdown({ retryAt, nowAt }: CountdownProps): ReactNode {
  // Later times of the page do not set it back: the motion is the browser's.
  const [durationMs] = useState(Math.max(0, retryAt - nowAt))
  const style: CSSProperties = { animationDuration: `${durationMs}ms` }
  return (
    <svg className="glyph working countdown" viewBox="0 0 16 16" aria-hidden="true">
      <circle className="line faint" cx="8" cy="8" r="5.6" />
      <circle className="line fill" cx="8" cy="8" r="5.6" pathLength={100} transform="rotate(-90 8 8)" style={style} />
      <path className="line still" d="M8 2.4A5.6 5.6 0 1 1 2.4 8" />
    </svg>
  )
}
