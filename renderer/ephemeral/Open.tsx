// The open ephemeral sessions of an environment with their owners and ages; a person ends their own and those left over.

import './ephemeral.css'
import { Timer } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { OpenEphemeral } from '../../shared/model/ephemeral'
import { spanWords } from '../../shared/status'
import { usePageState } from '../context'
import { shortTask } from '../containers/words'
import { Banner } from '../parts/Banner'
import { Chip } from '../parts/Chip'
import { Button } from '../parts/controls/Button'
import { Question } from '../parts/floats/Dialog'
import { CommandOf } from '../parts/text/Command'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { ownerName } from '../sessions/words/states'
import type { EphemeralSessions } from './useSessions'
import { countdownWords } from './words'

const HOLDERS = { mine: 'open here', 'left-over': 'left over', others: undefined } as const

function endText({ holder }: OpenEphemeral): string {
  if (holder === 'mine') return 'Its container ends, and what runs in it. Its terminal shows that.'
  if (holder === 'left-over') return 'Nothing on this computer uses it any more. Its container ends.'
  return 'It belongs to another person or computer. Its container ends, and what runs in it.'
}

function Session(props: {
  readonly session: OpenEphemeral
  readonly isEnding: boolean
  readonly nowAt: number
  readonly onEnd: () => void
}): ReactNode {
  const { session, isEnding, nowAt, onEnd } = props
  const { cluster, service, taskId, owner, startedAt, expiresAt, holder } = session
  // The tag of the task has CLUSTER/SERVICE.
  const shown = service?.split('/').at(-1) ?? cluster
  const name = shownName(service ?? shortTask(taskId))
  const held = HOLDERS[holder]
  const times = [
    startedAt === undefined ? 'starting' : `open for ${spanWords(Math.max(0, nowAt - startedAt))}`,
    ...(expiresAt === undefined ? [] : [countdownWords(expiresAt, nowAt)]),
  ]
  return (
    <li>
      <Timer size={14} strokeWidth={1.75} aria-hidden="true" />
      <div className="what">
        <p className="name">
          <b className="cut-off" title={name}>
            <ForeignName text={shown} />
          </b>
          <span className="mono faint">{shortTask(taskId)}</span>
          {held !== undefined && <Chip look={holder === 'left-over' ? 'waiting' : 'accent'}>{held}</Chip>}
        </p>
        <p>
          <ForeignName text={ownerName(owner)} />, {times.join(', ')}
        </p>
      </div>
      <Button
        size="small"
        variant={holder === 'left-over' ? 'secondary' : 'quiet'}
        aria-label={`End the session like ${name}, task ${shortTask(taskId)}`}
        reason={isEnding ? 'It is ending.' : undefined}
        onClick={onEnd}
      >
        {isEnding ? 'Ending' : 'End'}
      </Button>
    </li>
  )
}

/** The list. Renders its problem where some of them may be missing. */
export function OpenSessions({ sessions }: { readonly sessions: EphemeralSessions }): ReactNode {
  const nowAt = usePageState((state) => state.nowAt)
  const [asked, setAsked] = useState<OpenEphemeral | undefined>(undefined)
  const { listing, error, ending, end } = sessions
  const problem = error ?? listing?.problem
  return (
    <div className="open-ephemeral">
      {problem !== undefined && (
        <Banner
          tone="waiting"
          title={listing === undefined ? 'The sessions could not be listed.' : 'Some sessions may be missing.'}
          action={<CommandOf error={problem} />}
        >
          <ForeignSentence text={problem.message} />
        </Banner>
      )}
      {listing !== undefined && (
        <ul aria-label="Open ephemeral sessions">
          {listing.sessions.map((session) => (
            <Session
              key={`${session.cluster}/${session.taskId}`}
              session={session}
              isEnding={ending.has(session.taskId)}
              nowAt={nowAt}
              onEnd={() => {
                // What is left over holds no work of a person.
                if (session.holder === 'left-over') void end(session)
                else setAsked(session)
              }}
            />
          ))}
        </ul>
      )}
      {asked !== undefined && (
        <Question
          title={
            <>
              End the session of <ForeignName text={ownerName(asked.owner)} />?
            </>
          }
          text={endText(asked)}
          confirm="End session"
          cancel="Keep"
          onConfirm={() => void end(asked)}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  )
}
