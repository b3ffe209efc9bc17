// A banner: what happened, what Culvert does, what a person can do; in the place where it happened.

import type { ReactNode } from 'react'
import type { Tone } from '../../shared/status'
import { Said } from './text/Foreign'
import { Glyph } from './Glyph'

/** What a banner is told. */
export interface BannerProps {
  readonly tone: Tone
  /** The cause in a few words, in bold, with its full stop. */
  readonly title: ReactNode
  /** The sentence behind it; a text may be foreign. */
  readonly children?: ReactNode
  /** One button, or two at most; a countdown before them. */
  readonly action?: ReactNode
  /** Square and over the full width, as at a pane's foot. */
  readonly isFlush?: boolean
}

/** A banner. What it says is read out when it comes (`role="status"`); a countdown in `action` is not. */
export function Banner({ tone, title, children, action, isFlush = false }: BannerProps): ReactNode {
  return (
    <div className={`banner ${tone} ${isFlush ? 'flush' : ''}`}>
      <Glyph tone={tone} />
      <p role="status">
        <strong>
          <Said>{title}</Said>
        </strong>{' '}
        <Said>{children}</Said>
      </p>
      {action !== undefined && <div className="actions">{action}</div>}
    </div>
  )
}
