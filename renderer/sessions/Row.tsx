// One session in the list.

import { ArrowLeftRight, SquareTerminal } from 'lucide-react'
import type { MouseEvent, ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { AccountSession } from '../../shared/model/accountsession'
import { Check } from '../parts/controls/Check'
import { Button } from '../parts/controls/Button'
import { State } from '../parts/State'
import { ForeignName } from '../parts/text/Foreign'
import {
  endsWords,
  holderWords,
  isEndable,
  kindOf,
  kindWords,
  openWords,
  placeWords,
  stateWords,
  targetWords,
} from './words/states'

/** The characters at the end of an id that are always shown. */
const ID_END = 8

/** The props of a row. */
export interface SessionCellsProps {
  readonly session: AccountSession
  /** Whether it has a checkbox, and its end a column: open sessions have. */
  readonly isSelectable: boolean
  readonly isChecked: boolean
  readonly isPlaceShown: boolean
  /** Whether the row is in the tab order; its controls are reached from it. */
  readonly isCurrent: boolean
  readonly nowAt: number
  readonly onCheck: (isChecked: boolean, isRange: boolean) => void
  readonly onEnd: () => void
}

/** Why a session cannot be ended now; undefined if it can. */
export function endBlock(session: AccountSession): string | undefined {
  if (isEndable(session)) return undefined
  return session.state === 'canceling' ? 'This session is being ended.' : 'This session has ended.'
}

/** The cells of a session's row; the table owns the row itself. */
export function SessionCells(props: SessionCellsProps): ReactNode {
  const { session, isSelectable, isChecked, isPlaceShown, isCurrent, nowAt, onCheck, onEnd } = props
  const { id, owner, holder, reason, document, accessType, place, startAt } = session
  const tabIndex = isCurrent ? 0 : -1
  const label = shownName(targetWords(session))
  const ends = endsWords(session, nowAt)
  const Icon = kindOf(session) === 'port' || kindOf(session) === 'ssh' ? ArrowLeftRight : SquareTerminal
  const end = (event: MouseEvent): void => {
    event.stopPropagation()
    onEnd()
  }
  return (
    <>
      {isSelectable && (
        <span className="box" role="gridcell">
          <Check isChecked={isChecked} label={`Select ${label}, ${id}`} tabIndex={tabIndex} onChange={onCheck} />
        </span>
      )}
      <span className="name" role="rowheader">
        <Icon size={14} strokeWidth={1.75} aria-hidden="true" />
        <span className="cut-off">
          <ForeignName text={targetWords(session)} />{' '}
          <span className="kind">
            <ForeignName text={kindWords(session)} />
          </span>
        </span>
      </span>
      <span className="where" role="gridcell">
        <State words={stateWords(session)} detail="none" />
      </span>
      <span
        className={`whose ${holder} cut-off`}
        role="gridcell"
        title={holder === 'another-computer' ? `Mine, from another computer: ${shownName(owner)}` : shownName(owner)}
      >
        <ForeignName text={holderWords(session)} />
      </span>
      <span
        className="open number cut-off"
        role="gridcell"
        title={startAt === undefined ? undefined : `Started ${new Date(startAt).toLocaleString()}`}
      >
        {openWords(session, nowAt)}
      </span>
      {isSelectable && (
        <span className={`ends number cut-off ${ends?.isSoon === true ? 'soon' : ''}`} role="gridcell">
          {ends?.text ?? '–'}
        </span>
      )}
      <span className="reason cut-off" role="gridcell">
        <ForeignName text={reason ?? '–'} />
      </span>
      <span className="document cut-off" role="gridcell">
        <ForeignName text={document ?? '–'} />
      </span>
      <span className="access cut-off" role="gridcell">
        {accessType ?? '–'}
      </span>
      {isPlaceShown && (
        <span className="place cut-off" role="gridcell">
          <ForeignName text={placeWords(place)} />
        </span>
      )}
      <span className="id mono" role="gridcell" title={shownName(id)}>
        {/* An id begins with the name of its owner; its end tells it from others. */}
        <span className="cut-off">
          <ForeignName text={id.slice(0, -ID_END)} />
        </span>
        <ForeignName text={id.slice(-ID_END)} />
      </span>
      <span className="actions" role="gridcell">
        {session.state !== 'terminated' && (
          <Button
            size="small"
            variant="quiet"
            aria-label={`End session on ${label}`}
            tabIndex={tabIndex}
            reason={endBlock(session)}
            onClick={end}
          >
            End
          </Button>
        )}
      </span>
    </>
  )
}
