// The connection summary of the top bar: how many forwards stand how. A click shows just those.

import type { ReactNode } from 'react'
import { summarize, type Tone } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { Glyph } from '../parts/Glyph'
import { Tooltip } from '../parts/Tooltip'

const TONES = ['up', 'working', 'waiting', 'failed'] as const satisfies readonly Tone[]

/** Counts by tone; what is zero is left out. */
export function Summary(): ReactNode {
  const page = usePage()
  const forwards = usePageState((state) => state.snapshot?.forwards)
  if (forwards === undefined) return null
  const summary = summarize({ forwards })
  return (
    <div className="summary" role="group" aria-label="Forwards by state">
      {TONES.filter((tone) => summary[tone] > 0).map((tone) => (
        <Tooltip key={tone} text={`Show the forwards that are ${tone}`}>
          <button type="button" onClick={() => page.filterForwards(tone)} aria-label={`${summary[tone]} ${tone}`}>
            <Glyph tone={tone} />
            <span className="number">{summary[tone]}</span> <span className="wide">{tone}</span>
          </button>
        </Tooltip>
      ))}
    </div>
  )
}
