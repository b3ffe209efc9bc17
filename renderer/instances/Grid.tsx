// The list of instances as a grid: only the rows in sight are drawn, and one of them is the one that Tab reaches.
//
// Keys: arrows, Home, End and the page keys move; Enter connects, F makes a forward, R lists anew, Space shows the detail;
// on a group's head Enter, Space and the side arrows fold it. The head of the group at the top stays in sight while its
// rows scroll.

import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { ChevronDown, ChevronRight } from 'lucide-react'
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
import { ForeignName } from '../parts/text/Foreign'
import { Columns } from './Columns'
import { countWords, type ListRow, type Sort, type SortColumn, type Widths } from './listing'
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
  /** The tag that has a column of its own. */
  readonly environmentTag: string | undefined
  readonly widths: Widths
  readonly sort: Sort
  readonly onSort: (column: SortColumn) => void
  readonly onFold: (value: string) => void
  readonly ref: Ref<GridHandle>
}

function keyOf(row: ListRow): string {
  return row.kind === 'group' ? `group ${row.value}` : row.instance.id
}

/** The last of the ascending `indexes` that is not above `limit`; undefined where none is. */
function lastUpTo(indexes: readonly number[], limit: number): number | undefined {
  return indexes.findLast((index) => index <= limit)
}

interface GroupCellsProps {
  readonly row: Extract<ListRow, { readonly kind: 'group' }>
  readonly groupTag: string
  readonly columnCount: number
}

function GroupCells({ row, groupTag, columnCount }: GroupCellsProps): ReactNode {
  const { value, count, onlineCount, isOpen } = row
  const Chevron = isOpen ? ChevronDown : ChevronRight
  return (
    <span role="gridcell" aria-colspan={columnCount}>
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
  // Counts the askings, so that each of them draws the grid.
  const [, setFocusCount] = useState(0)
  const isFocusDue = useRef(false)
  const found = rows.findIndex((row) => keyOf(row) === (currentKey ?? selected))
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
    // No row is brought into sight under the head that stays there.
    scrollPaddingStart: headPx,
    // The current row stays drawn when it is scrolled away: it has the focus. So does the head of its rows.
    rangeExtractor: (range) => {
      const head = lastUpTo(heads, range.startIndex) ?? current
      return [...new Set([head, current, ...defaultRangeExtractor(range)])].sort((a, b) => a - b)
    },
  })
  const stuck = lastUpTo(heads, virtual.range?.startIndex ?? 0)
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
    // An open detail follows. Read from the store: the same key press may have just closed it.
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
                  // The rows below a sticky head may be far above it in the list.
                  if (isStuck) virtual.scrollToIndex(index, { align: 'start' })
                }}
                onDoubleClick={() => {
                  if (row.kind === 'instance') actOn(row, 'Enter')
                }}
              >
                {row.kind === 'group' ? (
                  <GroupCells row={row} groupTag={groupTag} columnCount={columnCount} />
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
