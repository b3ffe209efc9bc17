// The grid of forwards, one row each, sorted by name. Owns which row is the current one, and the keys of the rows.

import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import type { ForwardView } from '../../shared/model/forward'
import type { Snapshot } from '../../shared/model/snapshot'
import { usePage, usePageState } from '../context'
import { copyForwardAddress, openForwardPage, retryForward, switchForward } from './actions'
import { ForwardRow } from './ForwardRow'

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }

/** The props of a list. */
export interface ListProps {
  readonly snapshot: Snapshot
  /** In display order; at least one. */
  readonly forwards: readonly ForwardView[]
  /** Asks for confirmation before deleting a forward. */
  readonly onDelete: (forwardId: string) => void
}

/** The rows. Each carries `data-forward`, by which the focus is returned to it. */
export function List({ snapshot, forwards, onDelete }: ListProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const selectedId = usePageState((state) => state.selectedForward)
  const [current, setCurrent] = useState({ id: '', index: 0 })
  const grid = useRef<HTMLDivElement>(null)

  const ids = forwards.map(({ forward }) => forward.id)
  const known = ids.indexOf(current.id)
  const index = known >= 0 ? known : Math.min(current.index, ids.length - 1)

  const focusRow = (at: number): void => {
    const rows = grid.current?.querySelectorAll<HTMLElement>('[role=row]')
    rows?.[Math.max(0, Math.min(at, ids.length - 1))]?.focus()
  }

  const isCurrentGone = current.id !== '' && known < 0
  useEffect(() => {
    // The row that had the focus was removed: its neighbour takes the focus.
    if (isCurrentGone && document.activeElement === document.body) {
      grid.current?.querySelectorAll<HTMLElement>('[role=row]')[index]?.focus()
    }
  }, [isCurrentGone, index])

  const press = (event: KeyboardEvent<HTMLDivElement>, view: ForwardView): void => {
    const isOnRow = event.target === event.currentTarget
    const isCommand = event.ctrlKey || event.metaKey
    const step = STEPS[event.key]
    if (isCommand && event.key === 'c' && (window.getSelection()?.isCollapsed ?? true)) copyForwardAddress(page, view)
    else if (isCommand || event.altKey) return
    else if (step !== undefined) focusRow(step === -Infinity ? 0 : index + Math.min(step, ids.length))
    else if (event.key === ' ' && isOnRow) switchForward(page, view, !view.isOn)
    else if (event.key === 'Enter' && isOnRow) page.selectForward(view.forward.id)
    else if (event.key === 'e') page.changeForward(view.forward.id)
    else if (event.key === 'Delete' || event.key === 'Backspace') onDelete(view.forward.id)
    else if (event.key === 'r') retryForward(page, view)
    else if (event.key === 'o') openForwardPage(view)
    else return
    event.preventDefault()
  }

  return (
    <div className="forward-grid" role="grid" aria-label="Saved forwards" ref={grid}>
      {forwards.map((view, at) => (
        <ForwardRow
          key={view.forward.id}
          view={view}
          instances={snapshot.instances.items}
          shown={snapshot.environment}
          nowAt={nowAt}
          isSelected={view.forward.id === selectedId}
          isCurrent={at === index}
          onCurrent={() => setCurrent({ id: view.forward.id, index: at })}
          onKey={(event) => press(event, view)}
          onDelete={() => onDelete(view.forward.id)}
        />
      ))}
    </div>
  )
}
