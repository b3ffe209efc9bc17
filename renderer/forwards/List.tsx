// The grid of forwards, one row each, sorted by name. Owns which row is the current one, and the keys of the rows.

import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import type { ForwardView } from '../../shared/model/forward'
import type { Snapshot } from '../../shared/model/snapshot'
import { usePage, usePageState } from '../context'
import { copyForwardAddress, openForwardPage, retryForward, switchForward } from './actions'
import { ForwardRow, type ForwardRowProps } from './ForwardRow'
import { elsewhereWords } from './listing'
import { viaLabel } from './words/via'

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }

/** The props of a list. */
export interface ListProps {
  readonly snapshot: Snapshot
  /** In display order; at least one. */
  readonly forwards: readonly ForwardView[]
  /** Asks for confirmation before deleting a forward. Always the same function. */
  readonly onDelete: (forwardId: string) => void
}

/** All rows of the grid of a row, in their order. */
function rowsAround(row: Element): readonly HTMLElement[] {
  return [...(row.parentElement?.querySelectorAll<HTMLElement>(':scope > [role=row]') ?? [])]
}

/** Moves the focus from a row by a number of rows, at most to the first or last. */
function focusFrom(row: HTMLElement, step: number): void {
  const rows = rowsAround(row)
  rows[Math.max(0, Math.min(rows.indexOf(row) + step, rows.length - 1))]?.focus()
}

/** The rows. Each carries `data-forward`, by which the focus is returned to it. */
export function List({ snapshot, forwards, onDelete }: ListProps): ReactNode {
  const page = usePage()
  const selectedId = usePageState((state) => state.selectedForward)
  const [current, setCurrent] = useState({ id: '', index: 0 })
  const grid = useRef<HTMLDivElement>(null)

  const ids = forwards.map(({ forward }) => forward.id)
  const known = ids.indexOf(current.id)
  const index = known >= 0 ? known : Math.min(current.index, ids.length - 1)

  const isCurrentGone = current.id !== '' && known < 0
  useEffect(() => {
    // The row that had the focus was removed: its neighbour takes the focus.
    if (isCurrentGone && document.activeElement === document.body) {
      grid.current?.querySelectorAll<HTMLElement>('[role=row]')[index]?.focus()
    }
  }, [isCurrentGone, index])

  // The same functions at each render, so that only a row whose forward has changed is rendered again.
  const focus: ForwardRowProps['onFocus'] = useCallback((row, { forward }) => {
    setCurrent({ id: forward.id, index: rowsAround(row).indexOf(row) })
  }, [])
  const press: ForwardRowProps['onKey'] = useCallback(
    (event, view) => {
      const row = event.currentTarget
      const isOnRow = event.target === row
      const isCommand = event.ctrlKey || event.metaKey
      const step = STEPS[event.key]
      if (isCommand && event.key === 'c' && (window.getSelection()?.isCollapsed ?? true)) {
        copyForwardAddress(page, view)
      } else if (isCommand || event.altKey) return
      else if (step !== undefined) focusFrom(row, step)
      else if (event.key === ' ' && isOnRow) switchForward(page, view, !view.isOn)
      else if (event.key === 'Enter' && isOnRow) page.selectForward(view.forward.id)
      else if (event.key === 'e') page.changeForward(view.forward.id)
      else if (event.key === 'Delete' || event.key === 'Backspace') onDelete(view.forward.id)
      else if (event.key === 'r') retryForward(page, view)
      else if (event.key === 'o') openForwardPage(view)
      else return
      event.preventDefault()
    },
    [page, onDelete],
  )

  const { environment } = snapshot
  return (
    <div className="forward-grid" role="grid" aria-label="Saved forwards" ref={grid}>
      {forwards.map((view, at) => (
        <ForwardRow
          key={view.forward.id}
          view={view}
          via={viaLabel(view, snapshot)}
          elsewhere={elsewhereWords(view.forward.environment, environment)}
          isSelected={view.forward.id === selectedId}
          isCurrent={at === index}
          onFocus={focus}
          onKey={press}
          onDelete={onDelete}
        />
      ))}
    </div>
  )
}
