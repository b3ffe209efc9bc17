// The list of instances as a grid: only visible rows are rendered, and one row, the current one, is in the tab order.
//
// Keys: arrows, Home, End and the page keys move; Enter connects, F creates a forward, R refreshes the list, Space shows the
// detail; on a group's header Enter, Space and the left and right arrows fold it, and F creates a forward on a set. The header of
// the topmost group stays visible while its rows scroll.

import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import {
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from 'react'
import { connectBlock } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { Columns } from './Columns'
import { GroupCells } from './GroupCells'
import type { ListRow, Sort, SortColumn, Widths } from './listing'
import { InstanceCells } from './Row'

const ROW_PX = { comfortable: 36, compact: 30 }
const GROUP_PX = { comfortable: 34, compact: 30 }
const PAGE_ROWS = 10

/** The grid's interface for its parent. */
export interface GridHandle {
  /** Moves the focus to the last current row. */
  focus(): void
}

interface GridProps {
  readonly rows: readonly ListRow[]
  readonly shared: ReadonlySet<string>
  readonly groupTag: string
  /** The tag that has its own column. */
  readonly environmentTag: string | undefined
  readonly widths: Widths
  readonly sort: Sort
  readonly onSort: (column: SortColumn) => void
  readonly onFold: (value: string) => void
  readonly ref: Ref<GridHandle>
}

function keyOf(row: ListRow): string {
  if (row.kind === 'group') return `group ${row.value}`
  return row.group === undefined ? row.instance.id : `${row.group}\n${row.instance.id}`
}

function isOf(row: ListRow | undefined, instanceId: string | undefined): boolean {
  return row?.kind === 'instance' && row.instance.id === instanceId
}

/** The last of the ascending `indexes` that is at most `limit`; undefined if there is none. */
function lastUpTo(indexes: readonly number[], limit: number): number | undefined {
  return indexes.findLast((index) => index <= limit)
}

/** The grid. Its current row survives a refresh, because it is identified by its instance and not by its position. */
export function Grid(props: GridProps): ReactNode {
  const { rows, shared, groupTag, environmentTag, widths, sort, onSort, onFold, ref } = props
  const style: CSSProperties & Readonly<Record<'--env-characters' | '--where-characters', number>> = {
    '--env-characters': widths.environment,
    '--where-characters': widths.state,
  }
  const columnCount = environmentTag === undefined ? 6 : 7
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const selected = usePageState((state) => state.selectedInstance)
  const density = usePageState((state) => state.snapshot?.settings.density) ?? 'comfortable'
  const scroller = useRef<HTMLDivElement>(null)
  const [currentKey, setCurrentKey] = useState<string | undefined>(undefined)
  // Counts the focus requests, so that each one renders the grid.
  const [, setFocusCount] = useState(0)
  const isFocusDue = useRef(false)
  const found = rows.findIndex((row) => (currentKey === undefined ? isOf(row, selected) : keyOf(row) === currentKey))
  const current = Math.max(found, 0)
  const heads = useMemo(() => rows.flatMap((row, index) => (row.kind === 'group' ? [index] : [])), [rows])
  const headPx = heads.length === 0 ? 0 : GROUP_PX[density]

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.kind === 'group' ? GROUP_PX : ROW_PX)[density],
    getItemKey: (index) => {
      const row = rows[index]
      return row === undefined ? index : keyOf(row)
    },
    overscan: 8,
    // A row that is scrolled into view must not end up behind the sticky header.
    scrollPaddingStart: headPx,
    // The current row stays rendered when scrolled out of view, because it has the focus. So does the header of its group.
    rangeExtractor: (range) => {
      const head = lastUpTo(heads, range.startIndex) ?? current
      return [...new Set([head, current, ...defaultRangeExtractor(range)])].sort((a, b) => a - b)
    },
  })
  const stuck = lastUpTo(heads, virtual.range?.startIndex ?? 0)
  useEffect(() => virtual.measure(), [density, virtual])

  // An instance can be in several groups: the current row comes first.
  const selectedIndex = isOf(rows[current], selected) ? current : rows.findIndex((row) => isOf(row, selected))
  useEffect(() => {
    // Also if it was selected elsewhere, for example in the palette.
    if (selectedIndex >= 0) virtual.scrollToIndex(selectedIndex)
  }, [selectedIndex, virtual])

  useEffect(() => {
    if (!isFocusDue.current) return
    // A list that was hidden renders its rows only once it has its size again: then this effect runs once more.
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
    // An open detail follows the current row. Read from the store, because the same key press may have just closed it.
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
      if (key === 'f' && row.set !== undefined) page.editForward(row.set.target)
      return isFold || (key === 'f' && row.set !== undefined)
    }
    const { id } = row.instance
    const block = connectBlock(row.instance, nowAt)
    switch (key) {
      case 'Enter':
      case 'f':
        // For an instance that cannot be reached, the detail shows why.
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
    // Key presses on a row's buttons belong to those buttons.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const step = moveBy[event.key]
    if (step !== undefined) moveTo(index + step)
    else if (!actOn(row, event.key)) return
    event.preventDefault()
  }

  return (
    <div
      className={environmentTag === undefined ? 'grid' : 'grid with-environment'}
      style={style}
      role="grid"
      aria-labelledby="instances-title"
      aria-rowcount={rows.length + 1}
      aria-colcount={columnCount}
      aria-multiselectable="false"
    >
      <div role="rowgroup">
        <Columns environmentTag={environmentTag} sort={sort} onSort={onSort} onEnterRows={() => moveTo(current)} />
      </div>
      <div className="scroll" role="rowgroup" ref={scroller}>
        <div className="sizer" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, key, start, size }) => {
            const row = rows[index]
            if (row === undefined) return null
            const isSelected = row.kind === 'instance' && row.instance.id === selected
            const isStuck = index === stuck
            const look = row.kind === 'group' ? (isStuck ? 'row group stuck' : 'row group') : 'row'
            return (
              <div
                key={key}
                className={look}
                role="row"
                aria-rowindex={index + 2}
                {...(row.kind === 'group' ? {} : { 'aria-selected': isSelected })}
                tabIndex={index === current ? 0 : -1}
                style={isStuck ? { height: size } : { height: size, transform: `translateY(${start}px)` }}
                onFocus={() => setCurrentKey(keyOf(row))}
                onKeyDown={(event) => press(event, row, index)}
                onClick={() => {
                  if (row.kind === 'instance') return page.selectInstance(row.instance.id)
                  onFold(row.value)
                  // While a header is stuck, its own rows may be scrolled far above.
                  if (isStuck) virtual.scrollToIndex(index, { align: 'start' })
                }}
                onDoubleClick={() => {
                  if (row.kind === 'instance') actOn(row, 'Enter')
                }}
              >
                {row.kind === 'group' ? (
                  <GroupCells row={row} groupTag={groupTag} columnCount={columnCount} isCurrent={index === current} />
                ) : (
                  <InstanceCells
                    instance={row.instance}
                    isNameShared={shared.has(row.instance.name)}
                    environmentTag={environmentTag}
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
