// The list of services and containers as a grid: only visible rows are rendered, and one row, the current one, is in the tab order.
//
// Keys: arrows, Home, End and the page keys move; on a service or a container Enter opens a shell, F creates a forward, E asks for an
// ephemeral session, Space shows the detail; R refreshes the list. On a header Enter, Space and the left and right arrows fold it; the
// arrows also fold a service.

import { useImperativeHandle, useMemo, type KeyboardEvent, type ReactNode, type Ref } from 'react'
import type { ContainerService } from '../../shared/model/container'
import { usePage, usePageState } from '../context'
import { isOfRow, useRows } from '../parts/rows/useRows'
import { VirtualRows } from '../parts/rows/VirtualRows'
import { firstReady, serviceKey, type ContainerRow } from './listing'
import { askEphemeral, onContainer, onService, openContainerShell, openServiceShell } from './openings'
import { ContainerCells, HeaderCells, ServiceCells } from './Rows'

const ROW_PX = { comfortable: 36, compact: 30 }
const GROUP_PX = { comfortable: 34, compact: 30 }
const COLUMNS = ['Name', 'Task', 'State', 'Exec', 'Running for'] as const

/** The grid's interface for its parent. */
export interface GridHandle {
  /** Moves the focus to the last current row. */
  focus(): void
}

interface GridProps {
  readonly rows: readonly ContainerRow[]
  readonly services: readonly ContainerService[]
  readonly onFold: (key: string) => void
  readonly ref: Ref<GridHandle>
}

function keyOf({ key }: ContainerRow): string {
  return key
}

function isHead({ kind }: ContainerRow): boolean {
  return kind === 'cluster' || kind === 'others'
}

/** The grid. Its current row survives a refresh, because it is identified by its key. */
export function Grid({ rows, services, onFold, ref }: GridProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const selected = usePageState((state) => state.selectedContainer)
  const density = usePageState((state) => state.snapshot?.settings.density) ?? 'comfortable'
  const heads = useMemo(() => rows.flatMap(({ kind }, index) => (kind === 'cluster' ? [index] : [])), [rows])
  const select = (key: string | undefined): void => page.arrange({ selectedContainer: key })
  const { scroller, virtual, current, stuck, setCurrent, moveTo, step } = useRows({
    rows,
    keyOf,
    sizeOf: (row) => (isHead(row) ? GROUP_PX : ROW_PX)[density],
    density,
    selectedKey: selected,
    heads,
    headPx: GROUP_PX[density],
    onMove: (row) => {
      // An open detail follows the current row. Read from the store, because the same key press may have just closed it.
      const isDetailOpen = page.store.getState().selectedContainer !== undefined
      if (!isHead(row) && isDetailOpen) select(row.key)
    },
  })
  useImperativeHandle(ref, () => ({ focus: () => moveTo(current) }))

  const actOn = (row: ContainerRow, key: string): boolean => {
    if (key === 'r') {
      void page.ask('containers.refresh', {})
      return true
    }
    const isOpen = row.kind !== 'container' && row.isOpen
    const isFold = row.kind !== 'container' && (key === 'ArrowLeft' ? isOpen : key === 'ArrowRight' && !isOpen)
    if (isFold || (isHead(row) && (key === 'Enter' || key === ' '))) {
      onFold(row.key)
      return true
    }
    if (row.kind === 'cluster' || row.kind === 'others') return false
    if (key === ' ') {
      select(selected === row.key ? undefined : row.key)
      return true
    }
    const target = row.kind === 'service' ? onService(row.service) : onContainer(row.container)
    const isReady =
      row.kind === 'service' ? firstReady(row.containers) !== undefined : row.container.exec.kind === 'ready'
    switch (key) {
      case 'Enter':
        // For a container that cannot be reached, the detail shows why.
        if (!isReady) select(row.key)
        else if (row.kind === 'service') openServiceShell(page, row.service)
        else openContainerShell(page, row.container)
        return true
      case 'f':
        page.editForward(target)
        return true
      case 'e': {
        const service =
          row.kind === 'service' ? row.service : services.find((each) => serviceOf(row.container) === serviceKey(each))
        if (service === undefined || service.ephemeralProblem !== undefined) select(row.key)
        else askEphemeral(page, service)
        return true
      }
      default:
        return false
    }
  }

  const press = (event: KeyboardEvent, row: ContainerRow, index: number): void => {
    if (!isOfRow(event)) return
    if (!step(event.key, index) && !actOn(row, event.key)) return
    event.preventDefault()
  }

  return (
    <div
      className="grid"
      role="grid"
      aria-labelledby="containers-title"
      aria-rowcount={rows.length + 1}
      aria-colcount={COLUMNS.length + 1}
      aria-multiselectable="false"
    >
      <div role="rowgroup">
        <div className="columns" role="row" aria-rowindex={1}>
          {COLUMNS.map((column, index) => (
            <span key={column} className={CLASSES[index]} role="columnheader">
              {column}
            </span>
          ))}
          <span className="actions" role="columnheader">
            <span className="hidden">Actions</span>
          </span>
        </div>
      </div>
      <VirtualRows rows={rows} of={{ scroller, virtual }}>
        {(row, { index, start, size }) => {
          const isStuck = index === stuck
          const isCurrent = index === current
          return (
            <div
              key={row.key}
              className={`row ${isHead(row) ? 'group' : row.kind} ${isStuck ? 'stuck' : ''}`}
              role="row"
              aria-rowindex={index + 2}
              {...(isHead(row) ? {} : { 'aria-selected': row.key === selected })}
              tabIndex={isCurrent ? 0 : -1}
              style={isStuck ? { height: size } : { height: size, transform: `translateY(${start}px)` }}
              onFocus={() => setCurrent(index)}
              onKeyDown={(event) => press(event, row, index)}
              onClick={() => {
                if (!isHead(row)) return select(row.key)
                onFold(row.key)
                // While a header is stuck, its own rows may be scrolled far above.
                if (isStuck) virtual.scrollToIndex(index, { align: 'start' })
              }}
              onDoubleClick={() => {
                if (!isHead(row)) actOn(row, 'Enter')
              }}
            >
              {row.kind === 'service' ? (
                <ServiceCells row={row} isCurrent={isCurrent} onFold={() => onFold(row.key)} />
              ) : row.kind === 'container' ? (
                <ContainerCells container={row.container} isCurrent={isCurrent} nowAt={nowAt} />
              ) : (
                <HeaderCells row={row} columnCount={COLUMNS.length + 1} />
              )}
            </div>
          )
        }}
      </VirtualRows>
    </div>
  )
}

const CLASSES = ['name', 'task', 'where', 'exec', 'started'] as const

/** The key of the row of a container's service; "" for a task of no service. */
function serviceOf({ cluster, service }: { readonly cluster: string; readonly service?: string }): string {
  return service === undefined ? '' : serviceKey({ id: `${cluster}/${service}` })
}
