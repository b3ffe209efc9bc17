// The doctor's lines: in groups, each with what was seen, what is missing and what to do.

import { Check, CircleQuestionMark } from 'lucide-react'
import type { ReactNode } from 'react'
import { OUTCOME_WORDS } from '../../shared/doctorwords'
import type { DoctorLine, DoctorOutcome } from '../../shared/model/doctor'
import { Command } from '../parts/text/Command'
import { ForeignSentence } from '../parts/text/Foreign'
import { Glyph } from '../parts/Glyph'
import { groupsOf } from './listing'

/** The outcome as a sign; its word is for screen readers. */
function Sign({ outcome }: { readonly outcome: DoctorOutcome }): ReactNode {
  const common = { size: 14, strokeWidth: 2, 'aria-hidden': true } as const
  return (
    <span className={`sign ${outcome}`}>
      {outcome === 'passed' && <Check {...common} />}
      {outcome === 'unknown' && <CircleQuestionMark {...common} />}
      {outcome === 'failed' && <Glyph tone="failed" />}
      <span className="hidden">{OUTCOME_WORDS[outcome].toLowerCase()}: </span>
    </span>
  )
}

function Line({ line }: { readonly line: DoctorLine }): ReactNode {
  const { outcome, title, evidence, missing, next, command } = line
  return (
    <li className={outcome}>
      <Sign outcome={outcome} />
      <b>{title}</b>
      <p>
        <ForeignSentence text={evidence} />
      </p>
      {missing !== undefined && (
        <p className="missing">
          <span>Missing</span>{' '}
          <code>
            <ForeignSentence text={missing} />
          </code>
        </p>
      )}
      {next !== undefined && (
        <p className="next">
          <ForeignSentence text={next} />
        </p>
      )}
      {command !== undefined && <Command text={command} />}
    </li>
  )
}

/** All lines, in groups. */
export function Lines({ lines }: { readonly lines: readonly DoctorLine[] }): ReactNode {
  return groupsOf(lines).map(({ group, title, lines: own }) => (
    <section key={group}>
      <h3>{title}</h3>
      <ul>
        {own.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </ul>
    </section>
  ))
}
