// A banner: what happened, what Culvert is doing, and what the person can do; shown where it happened.

import type { ReactNode } from 'react'
import type { Tone } from '../../shared/status'
import { Said } from './text/Foreign'
import { Glyph } from './Glyph'

/** The props of a banner. */
export interface BannerProps {
  readonly tone: Tone
  /** The cause in a few words, in bold, including its full stop. */
  readonly title: ReactNode
  /** The sentence after the title; a string may be foreign text. */
  readonly children?: ReactNode
  /** One or two buttons; a countdown may precede them. */
  readonly action?: ReactNode
  /** Square corners and full width, as at the bottom of a pane. */
  readonly isFlush?: boolean
}

/** A banner. Its text is read out when it appears (`role="status"`); a countdown in `action` is not. */
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
