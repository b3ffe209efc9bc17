// The table of sessions: only visible rows are rendered, and one row, the current one, is in the tab order.
//
// Keys: arrows, Home, End and the page keys move; Enter shows the detail, Space selects, E and Delete end the session or, if the current
// one is selected, the selection, after a question.

import { useImperativeHandle, useRef, type KeyboardEvent, type MouseEvent, type ReactNode, type Ref } from 'react'
import type { AccountSession } from '../../shared/model/accountsession'
import { usePage, usePageState } from '../context'
import { Check } from '../parts/controls/Check'
import { Heads, type HeadColumn } from '../parts/rows/Heads'
import { isOfRow, useRows } from '../parts/rows/useRows'
import { VirtualRows } from '../parts/rows/VirtualRows'
import { SessionCells } from './Row'
import { sessionKey, type SessionColumn, type SessionSegment, type SessionSort } from './words/listing'

const ROW_PX = { comfortable: 36, compact: 30 }

/** The table's interface for its parent. */
export interface TableHandle {
  /** Moves the focus to the last current row. */
  focus(): void
}

interface TableProps {
  readonly sessions: readonly AccountSession[]
  readonly segment: SessionSegment
  readonly sort: SessionSort
  /** Several environments are shown. */
  readonly isPlaceShown: boolean
  readonly selection: ReadonlySet<string>
  readonly onSelect: (selection: ReadonlySet<string>) => void
  readonly onSort: (column: SessionColumn) => void
  /** Asks whether to end these sessions. */
  readonly onEnd: (sessions: readonly AccountSession[]) => void
  readonly ref: Ref<TableHandle>
}

function columnsOf(segment: SessionSegment, isPlaceShown: boolean): readonly HeadColumn<SessionColumn>[] {
  return [
    { column: 'target', className: 'name', label: 'Session' },
    { column: 'state', className: 'where', label: 'State' },
    { column: 'whose', className: 'whose', label: 'Whose' },
    { column: 'start', className: 'open', label: segment === 'open' ? 'Open for' : 'Ended' },
    ...(segment === 'open' ? [{ column: 'ends' as const, className: 'ends', label: 'Ends' }] : []),
    { column: 'reason', className: 'reason', label: 'Reason' },
    { column: 'document', className: 'document', label: 'Document' },
    { column: 'access', className: 'access', label: 'Access' },
    ...(isPlaceShown ? [{ column: 'place' as const, className: 'place', label: 'Environment' }] : []),
    { column: 'id', className: 'id', label: 'Id' },
  ]
}

/** The table. */
export function Table(props: TableProps): ReactNode {
  const { sessions, segment, sort, isPlaceShown, selection, onSelect, onSort, onEnd, ref } = props
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const picked = usePageState((state) => state.selectedSession)
  const density = usePageState((state) => state.snapshot?.settings.density) ?? 'comfortable'
  // Sessions that have ended cannot be ended: there is nothing to select them for.
  const isSelectable = segment === 'open'
  /** The row that a range starts from. */
  const anchor = useRef<string | undefined>(undefined)
  const pickedId = picked?.kind === 'session' ? picked.id : undefined
  const show = ({ id, place }: AccountSession): void =>
    page.selectSession({ kind: 'session', id, environment: place.ref })
  const { scroller, virtual, current, setCurrent, moveTo, step } = useRows({
    rows: sessions,
    keyOf: sessionKey,
    sizeOf: () => ROW_PX[density],
    density,
    selectedKey: pickedId,
    onMove: (session) => {
      // An open detail follows the current row. Read from the store, because the same key press may have just closed it.
      if (page.store.getState().selectedSession !== undefined) show(session)
    },
  })
  useImperativeHandle(ref, () => ({ focus: () => moveTo(current) }))

  const check = (index: number, isChecked: boolean, isRange: boolean): void => {
    const session = sessions[index]
    if (session === undefined || !isSelectable) return
    const from = isRange ? sessions.findIndex((each) => sessionKey(each) === anchor.current) : -1
    const [first, last] = from < 0 ? [index, index] : [Math.min(from, index), Math.max(from, index)]
    const next = new Set(selection)
    for (const each of sessions.slice(first, last + 1)) {
      if (isChecked) next.add(sessionKey(each))
      else next.delete(sessionKey(each))
    }
    anchor.current = sessionKey(session)
    onSelect(next)
  }
  const end = (session: AccountSession): void => {
    const isOfSelection = selection.has(sessionKey(session))
    onEnd(isOfSelection ? sessions.filter((each) => selection.has(sessionKey(each))) : [session])
  }
  const actOn = (session: AccountSession, index: number, event: KeyboardEvent): boolean => {
    switch (event.key) {
      case 'Enter':
        if (pickedId === session.id) page.selectSession(undefined)
        else show(session)
        return true
      case ' ':
        check(index, !selection.has(sessionKey(session)), event.shiftKey)
        return true
      case 'e':
      case 'Delete':
        end(session)
        return true
      default:
        return false
    }
  }
  const press = (event: KeyboardEvent, session: AccountSession, index: number): void => {
    // Key presses on a row's controls belong to those controls.
    if (!isOfRow(event)) return
    if (!step(event.key, index) && !actOn(session, index, event)) return
    event.preventDefault()
  }
  const click = (event: MouseEvent, session: AccountSession, index: number): void => {
    if (event.shiftKey) check(index, true, true)
    else show(session)
  }
  const columns = columnsOf(segment, isPlaceShown)
  const look = `grid ${segment === 'ended' ? 'ended' : ''} ${isPlaceShown ? 'with-place' : ''}`
  const checked = selection.size

  return (
    <div
      className={look}
      role="grid"
      aria-labelledby="sessions-title"
      aria-rowcount={sessions.length + 1}
      aria-colcount={columns.length + (isSelectable ? 2 : 1)}
      aria-multiselectable={isSelectable}
    >
      <div role="rowgroup">
        <Heads
          columns={columns}
          sort={sort}
          onSort={onSort}
          onEnterRows={() => moveTo(current)}
          actions="Actions"
          before={
            isSelectable && (
              <span className="box" role="columnheader">
                <Check
                  isChecked={checked > 0 && checked === sessions.length}
                  isMixed={checked > 0 && checked < sessions.length}
                  label="Select all shown sessions"
                  onChange={(isChecked) => onSelect(new Set(isChecked ? sessions.map(sessionKey) : []))}
                />
              </span>
            )
          }
        />
      </div>
      <VirtualRows rows={sessions} of={{ scroller, virtual }}>
        {(session, { index, start, size }) => {
          const isChecked = selection.has(sessionKey(session))
          return (
            <div
              key={sessionKey(session)}
              className={session.id === pickedId ? 'row shown' : 'row'}
              role="row"
              aria-rowindex={index + 2}
              {...(isSelectable ? { 'aria-selected': isChecked } : {})}
              tabIndex={index === current ? 0 : -1}
              style={{ height: size, transform: `translateY(${start}px)` }}
              onFocus={() => setCurrent(index)}
              onKeyDown={(event) => press(event, session, index)}
              onClick={(event) => click(event, session, index)}
            >
              <SessionCells
                session={session}
                isSelectable={isSelectable}
                isChecked={isChecked}
                isPlaceShown={isPlaceShown}
                isCurrent={index === current}
                nowAt={nowAt}
                onCheck={(isNow, isRange) => check(index, isNow, isRange)}
                onEnd={() => onEnd([session])}
              />
            </div>
          )
        }}
      </VirtualRows>
    </div>
  )
}
