// The working glyph during a wait: its arc fills up until the next attempt.
//
// The text beside it counts the seconds; with reduced motion the glyph does not move, and only the text counts.

import { useState, type CSSProperties, type ReactNode } from 'react'

/** The props of a countdown. Both are epoch ms; its React key makes a new `retryAt` a new countdown. */
export interface CountdownProps {
  readonly retryAt: number
  readonly nowAt: number
}

/** A ring (`.glyph.working.countdown`) that fills from now until `retryAt`. */
export function Countdown({ retryAt, nowAt }: CountdownProps): ReactNode {
  // Fixed at the first render, so that a later `nowAt` does not restart it: the browser runs the animation.
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
