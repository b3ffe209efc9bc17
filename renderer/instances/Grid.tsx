// The list of instances as a grid: only the rows in sight are drawn, and one of them is the one that Tab reaches.
//
// Keys: arrows, Home, End and the page keys move; Enter connects, F makes a forward, R lists anew, Space shows the detail;
// on a group's head Enter, Space and the side arrows fold it.

import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react'
import { connectBlock } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { ForeignName } from '../parts/Foreign'
import { countWords, type ListRow } from './listing'
import { InstanceCells } from './Row'

const ROW_PX = { comfortable: 36, compact: 30 }
const GROUP_PX = { comfortable: 34, compact: 30 }
const PAGE_ROWS = 10

/** What others can do with the grid. */
export interface GridHandle {
  /** Moves the focus to the row that was current last. */
  focus(): void
}

interface GridProps {
  readonly rows: readonly ListRow[]
  readonly shared: ReadonlySet<string>
  readonly groupTag: string
  readonly onFold: (value: string) => void
  readonly ref: Ref<GridHandle>
}

function keyOf(row: ListRow): string {
  return row.kind === 'group' ? `group ${row.value}` : row.instance.id
}

interface GroupCellsProps {
  readonly row: Extract<ListRow, { readonly kind: 'group' }>
  readonly groupTag: string
}

function GroupCells({ row, groupTag }: GroupCellsProps): ReactNode {
  const { value, count, onlineCount, isOpen } = row
  const Chevron = isOpen ? ChevronDown : ChevronRight
  return (
    <span role="gridcell" aria-colspan={6}>
      <button type="button" className="head" aria-expanded={isOpen} tabIndex={-1}>
        <Chevron size={14} strokeWidth={1.75} aria-hidden="true" />
        <b className="cut-off">
          {value === '' ? (
            <>
              No <ForeignName text={groupTag} /> tag
            </>
          ) : (
            <ForeignName text={value} />
          )}
        </b>
        <span className="faint">{countWords(count, onlineCount)}</span>
      </button>
    </span>
  )
}

/** The grid. Its current row outlives a refresh: it is known by its instance, not by its place. */
export function Grid({ rows, shared, groupTag, onFold, ref }: GridProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const selected = usePageState((state) => state.selectedInstance)
  const density = usePageState((state) => state.snapshot?.settings.density) ?? 'comfortable'
  const scroller = useRef<HTMLDivElement>(null)
  const [currentKey, setCurrentKey] = useState<string | undefined>(undefined)
  // Counts the askings, so that each of them draws the grid.
  const [, setFocusCount] = useState(0)
  const isFocusDue = useRef(false)
  const found = rows.findIndex((row) => keyOf(row) === (currentKey ?? selected))
  const current = Math.max(found, 0)

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === 'group' ? GROUP_PX : ROW_PX)[density],
    getItemKey: (index) => {
      const row = rows[index]
      return row === undefined ? index : keyOf(row)
    },
    overscan: 8,
    // The current row stays drawn when it is scrolled away: it has the focus.
    rangeExtractor: (range) => [...new Set([current, ...defaultRangeExtractor(range)])].sort((a, b) => a - b),
  })
  useEffect(() => virtual.measure(), [density, virtual])

  const selectedIndex = selected === undefined ? -1 : rows.findIndex((row) => keyOf(row) === selected)
  useEffect(() => {
    // Also one that was selected elsewhere, as in the palette.
    if (selectedIndex >= 0) virtual.scrollToIndex(selectedIndex)
  }, [selectedIndex, virtual])

  useEffect(() => {
    if (!isFocusDue.current) return
    // A list that was hidden draws its rows only once it has its size again: then this runs once more.
    const row = scroller.current?.querySelector<HTMLElement>('[role=row][tabindex="0"]')
    if (row === null || row === undefined) return
    isFocusDue.current = false
    row.focus({ preventScroll: true })
  })

  const moveTo = (index: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, index))
    const row = rows[next]
    if (row === undefined) return
    isFocusDue.current = true
    setFocusCount((count) => count + 1)
    setCurrentKey(keyOf(row))
    virtual.scrollToIndex(next)
    // An open detail goes along. Asked of the store: whoever has just closed it may be the one who moves.
    const isDetailOpen = page.store.getState().selectedInstance !== undefined
    if (row.kind === 'instance' && isDetailOpen) page.selectInstance(row.instance.id)
  }
  useImperativeHandle(ref, () => ({ focus: () => moveTo(current) }))

  const moveBy: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: PAGE_ROWS,
    PageUp: -PAGE_ROWS,
    Home: -rows.length,
    End: rows.length,
  }

  const actOn = (row: ListRow, key: string): boolean => {
    if (row.kind === 'group') {
      const isFold =
        key === 'Enter' || key === ' ' || (key === 'ArrowLeft' ? row.isOpen : key === 'ArrowRight' && !row.isOpen)
      if (isFold) onFold(row.value)
      return isFold
    }
    const { id } = row.instance
    const block = connectBlock(row.instance, nowAt)
    switch (key) {
      case 'Enter':
      case 'f':
        // What cannot be reached shows why.
        if (block !== undefined) page.selectInstance(id)
        else if (key === 'Enter') page.openTab(id)
        else page.editForward({ kind: 'id', instanceId: id })
        return true
      case ' ':
        page.selectInstance(selected === id ? undefined : id)
        return true
      case 'r':
        void page.ask('instances.refresh', {})
        return true
      default:
        return false
    }
  }

  const press = (event: KeyboardEvent, row: ListRow, index: number): void => {
    // Keys of the buttons in a row are theirs.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const step = moveBy[event.key]
    if (step !== undefined) moveTo(index + step)
    else if (!actOn(row, event.key)) return
    event.preventDefault()
  }

  return (
    <div
      className="grid"
      role="grid"
      aria-labelledby="instances-title"
      aria-rowcount={rows.length + 1}
      aria-colcount={6}
      aria-multiselectable="false"
    >
      <div role="rowgroup">
        <div className="columns" role="row" aria-rowindex={1}>
          <span role="columnheader">Name</span>
          <span className="id" role="columnheader">
            Id
          </span>
          <span className="where" role="columnheader">
            State
          </span>
          <span className="ip" role="columnheader">
            Address
          </span>
          <span className="version" role="columnheader">
            Agent
          </span>
          <span className="actions" role="columnheader">
            <span className="hidden">Actions</span>
          </span>
        </div>
      </div>
      <div className="scroll" role="rowgroup" ref={scroller}>
        <div className="sizer" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start, size }) => {
            const row = rows[index]
            if (row === undefined) return null
            const isSelected = row.kind === 'instance' && row.instance.id === selected
            return (
              <div
                key={key}
                className={row.kind === 'group' ? 'row group' : 'row'}
                role="row"
                aria-rowindex={index + 2}
                {...(row.kind === 'group' ? {} : { 'aria-selected': isSelected })}
                tabIndex={index === current ? 0 : -1}
                style={{ height: size, transform: `translateY(${start}px)` }}
                onFocus={() => setCurrentKey(keyOf(row))}
                onKeyDown={(event) => press(event, row, index)}
                onClick={() => {
                  if (row.kind === 'group') onFold(row.value)
                  else page.selectInstance(row.instance.id)
                }}
                onDoubleClick={() => {
                  if (row.kind === 'instance') actOn(row, 'Enter')
                }}
              >
                {row.kind === 'group' ? (
                  <GroupCells row={row} groupTag={groupTag} />
                ) : (
                  <InstanceCells
                    instance={row.instance}
                    isNameShared={shared.has(row.instance.name)}
                    isCurrent={index === current}
                    nowAt={nowAt}
                  />
                )}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
