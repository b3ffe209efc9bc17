// The connection summary of the top bar: the number of forwards in each state. A click shows only those.

import type { ReactNode } from 'react'
import { summarize } from '../../shared/overall'
import type { Tone } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { Glyph } from '../parts/Glyph'
import { Tooltip } from '../parts/floats/Tooltip'

const TONES = ['up', 'working', 'waiting', 'failed'] as const satisfies readonly Tone[]

/** The counts by tone; zeros are left out. */
export function Summary(): ReactNode {
  const page = usePage()
  const forwards = usePageState((state) => state.snapshot?.forwards)
  if (forwards === undefined) return null
  const summary = summarize({ forwards })
  return (
    <div className="summary" role="group" aria-label="Forwards by state">
      {TONES.filter((tone) => summary[tone] > 0).map((tone) => {
        const word = tone === 'failed' ? summary.failedWord : tone
        return (
          <Tooltip key={tone} text={`Show the forwards ${word === tone ? `that are ${word}` : word}`}>
            <button type="button" onClick={() => page.filterForwards(tone)} aria-label={`${summary[tone]} ${word}`}>
              <Glyph tone={tone} />
              <span className="number">{summary[tone]}</span> <span className="wide">{word}</span>
            </button>
          </Tooltip>
        )
      })}
    </div>
  )
}
