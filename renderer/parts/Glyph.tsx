// The glyph of a state: each tone has its own outline, so that colour is never the only difference.
//
// Owns the five shapes. shared/status.ts assigns a tone to each state.

import type { ReactNode } from 'react'
import type { Tone } from '../../shared/status'

function shape(tone: Tone): ReactNode {
  switch (tone) {
    case 'up':
      return (
        <>
          <circle cx="8" cy="8" r="6.4" fill="currentColor" />
          <path className="cut" d="M3.6 8.8c1.1-1.3 2.2-1.3 3.3-.3s2.2 1 3.3 0 1.7-.8 2.2-.3" />
        </>
      )
    case 'working':
      return (
        <>
          <circle className="line faint" cx="8" cy="8" r="5.6" />
          <path className="line arc" d="M8 2.4A5.6 5.6 0 0 1 13.6 8" />
          <path className="line still" d="M8 2.4A5.6 5.6 0 1 1 2.4 8" />
        </>
      )
    case 'waiting':
      return (
        <>
          <rect className="line" x="2.2" y="2.2" width="11.6" height="11.6" rx="3" />
          <path className="line" d="M6.3 5.7v4.6M9.7 5.7v4.6" />
        </>
      )
    case 'failed':
      return (
        <>
          <path fill="currentColor" d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z" />
          <path className="cut" d="m5.9 5.9 4.2 4.2M10.1 5.9l-4.2 4.2" />
        </>
      )
    case 'idle':
      return <circle className="line" cx="8" cy="8" r="5.6" />
  }
}

/** The props of a glyph. */
export interface GlyphProps {
  readonly tone: Tone
  /** 12, 14 (the default) or 16 px. */
  readonly size?: 'small' | 'default' | 'large'
  /** Read by screen readers; needed if no word is nearby. */
  readonly label?: string
}

/** The glyph alone. Hidden from screen readers unless it has a label. */
export function Glyph({ tone, size = 'default', label }: GlyphProps): ReactNode {
  const said = label === undefined ? ({ 'aria-hidden': true } as const) : { role: 'img', 'aria-label': label }
  return (
    <svg className={`glyph ${tone} ${size}`} viewBox="0 0 16 16" {...said}>
      {shape(tone)}
    </svg>
  )
}
