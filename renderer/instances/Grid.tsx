// The list of instances as a grid: only visible rows are rendered, and one row, the current one, is in the tab order.
//
// Keys: arrows, Home, End and the page keys move; Enter connects, F creates a forward, R refreshes the list, Space shows the
// detail; on a group's header Enter, Space and the left and right arrows fold it, and F creates a forward on a set. The header of
// the topmost group stays visible while its rows scroll.

import { useImperativeHandle, useMemo, type CSSProperties, type KeyboardEvent, type ReactNode, type Ref } from 'react'
import { connectBlock } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { isOfRow, useRows } from '../parts/rows/useRows'
import { VirtualRows } from '../parts/rows/VirtualRows'
import { Columns } from './Columns'
import { GroupCells } from './GroupCells'
import type { ListRow, Sort, SortColumn, Widths } from './listing'
import { InstanceCells } from './Row'

const ROW_PX = { comfortable: 36, compact: 30 }
const GROUP_PX = { comfortable: 34, compact: 30 }

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

/** The id of a row's instance. Several rows can show one instance, in different groups. */
function instanceOf(row: ListRow): string | undefined {
  return row.kind === 'instance' ? row.instance.id : undefined
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
  const heads = useMemo(() => rows.flatMap((row, index) => (row.kind === 'group' ? [index] : [])), [rows])
  const { scroller, virtual, current, stuck, setCurrent, moveTo, step } = useRows({
    rows,
    keyOf,
    sizeOf: ({ kind }) => (kind === 'group' ? GROUP_PX : ROW_PX)[density],
    density,
    selectedKey: selected,
    selectionOf: instanceOf,
    heads,
    headPx: heads.length === 0 ? 0 : GROUP_PX[density],
    onMove: (row) => {
      // An open detail follows the current row. Read from the store, because the same key press may have just closed it.
      const isDetailOpen = page.store.getState().selectedInstance !== undefined
      if (row.kind === 'instance' && isDetailOpen) page.selectInstance(row.instance.id)
    },
  })
  useImperativeHandle(ref, () => ({ focus: () => moveTo(current) }))

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
    if (!isOfRow(event)) return
    if (!step(event.key, index) && !actOn(row, event.key)) return
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
      <VirtualRows rows={rows} of={{ scroller, virtual }}>
        {(row, { index, start, size }) => {
          const isSelected = row.kind === 'instance' && row.instance.id === selected
          const isStuck = index === stuck
          const look = row.kind === 'group' ? (isStuck ? 'row group stuck' : 'row group') : 'row'
          return (
            <div
              key={keyOf(row)}
              className={look}
              role="row"
              aria-rowindex={index + 2}
              {...(row.kind === 'group' ? {} : { 'aria-selected': isSelected })}
              tabIndex={index === current ? 0 : -1}
              style={isStuck ? { height: size } : { height: size, transform: `translateY(${start}px)` }}
              onFocus={() => setCurrent(index)}
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
        }}
      </VirtualRows>
    </div>
  )
}
