// The forwards through an instance, a container or a service, with their addresses, in its details.

import type { ReactNode } from 'react'
import type { ForwardView } from '../../shared/model/forward'
import { forwardWords } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { Glyph } from '../parts/Glyph'
import { Address } from '../parts/text/Address'
import { ForeignName } from '../parts/text/Foreign'

interface ThroughProps {
  readonly title: string
  readonly isThrough: (forward: ForwardView) => boolean
}

/** The section; renders nothing without forwards. */
export function Through({ title, isThrough }: ThroughProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const forwards = usePageState((state) => state.snapshot?.forwards) ?? []
  const through = forwards.filter(isThrough)
  if (through.length === 0) return null
  const show = (forwardId: string): void => {
    page.filterForwards(undefined)
    page.selectForward(forwardId)
  }
  return (
    <section className="part">
      <h3>{title}</h3>
      <ul className="through">
        {through
          .map((view) => ({ ...view, words: forwardWords(view, nowAt) }))
          .map(({ forward, localPort, words }) => (
            <li key={forward.id}>
              <Glyph tone={words.tone} label={words.word} />
              <button type="button" className="link cut-off" onClick={() => show(forward.id)}>
                <ForeignName text={forward.name} />
              </button>
              {localPort > 0 && <Address text={`localhost:${localPort}`} />}
            </li>
          ))}
      </ul>
    </section>
  )
}
