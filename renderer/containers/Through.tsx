// The forwards through a container or a service, with their addresses.

import type { ReactNode } from 'react'
import { forwardWords } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { isShown } from '../forwards/listing'
import { Glyph } from '../parts/Glyph'
import { Address } from '../parts/text/Address'
import { ForeignName } from '../parts/text/Foreign'

interface ThroughProps {
  /** Whether a forward on this TARGET of a container, which uses `used` now, goes through what is shown. */
  readonly isThrough: (target: string, used: string | undefined) => boolean
}

/** The section; renders nothing without forwards. */
export function Through({ isThrough }: ThroughProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const environment = usePageState((state) => state.snapshot?.environment)
  const forwards = usePageState((state) => state.snapshot?.forwards) ?? []
  if (environment === undefined) return null
  const through = forwards.filter(
    ({ forward: { target, environment: home }, instance }) =>
      target.kind === 'ecs' && isShown(home, environment) && isThrough(target.target, instance?.id),
  )
  if (through.length === 0) return null
  const show = (forwardId: string): void => {
    page.filterForwards(undefined)
    page.selectForward(forwardId)
  }
  return (
    <section className="part">
      <h3>Forwards through it</h3>
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
