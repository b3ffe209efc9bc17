// The rows of a long list: only visible rows are rendered, and one row, the current one, is in the tab order.
//
// Owns which row is current, the scrolling to it and the focus. The list renders its rows, and handles all keys but those that move. The
// current row survives a change of the list, because it is identified by its key and not by its position.

import { defaultRangeExtractor, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from 'react'

const PAGE_ROWS = 10
const NO_HEADS: readonly number[] = []

/** What a list tells of its rows. */
export interface RowsOptions<R> {
  readonly rows: readonly R[]
  /** The same function at each rendering: for another one the current row is looked up again. */
  readonly keyOf: (row: R) => string
  readonly sizeOf: (row: R) => number
  /** The sizes of all rows change with this. */
  readonly density: string
  /** The row that is shown in a detail; it is scrolled into view when it changes. */
  readonly selectedKey: string | undefined
  /** What `selectedKey` is compared with, where several rows can show the same. Absent: `keyOf`. The same function at each rendering. */
  readonly selectionOf?: (row: R) => string | undefined
  /** The ascending indexes of group headers: the topmost one stays visible while its rows scroll. */
  readonly heads?: readonly number[]
  readonly headPx?: number
  /** Called when the focus moves to another row. */
  readonly onMove: (row: R) => void
}

/** The rows at work. */
export interface Rows {
  /** The element that scrolls. */
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly virtual: Virtualizer<HTMLDivElement, Element>
  /** The index of the row in the tab order. */
  readonly current: number
  /** The index of the group header that is stuck to the top. */
  readonly stuck: number | undefined
  /** Makes a row the current one, without moving the focus. */
  readonly setCurrent: (index: number) => void
  /** Moves the focus to a row, or to the nearest one there is. */
  readonly moveTo: (index: number) => void
  /** Moves by an arrow key, a page key, Home or End, from a row; false for any other key. */
  readonly step: (key: string, from: number) => boolean
}

/** The last of the ascending `indexes` that is at most `limit`; undefined if there is none. */
function lastUpTo(indexes: readonly number[], limit: number): number | undefined {
  return indexes.findLast((index) => index <= limit)
}

/** Whether a key press is one of a row itself: not of a button in it, and no shortcut. */
export function isOfRow(event: KeyboardEvent): boolean {
  const isShortcut = event.ctrlKey || event.metaKey || event.altKey
  return event.target === event.currentTarget && !isShortcut
}

/** The rows of a list. */
export function useRows<R>(options: RowsOptions<R>): Rows {
  const { rows, keyOf, sizeOf, density, selectedKey, selectionOf = keyOf, onMove } = options
  const { heads = NO_HEADS, headPx = 0 } = options
  const scroller = useRef<HTMLDivElement>(null)
  const [currentKey, setCurrentKey] = useState<string | undefined>(undefined)
  // Counts the focus requests, so that each one renders the list.
  const [, setFocusCount] = useState(0)
  const isFocusDue = useRef(false)
  const firstSelected = useMemo(
    () => (selectedKey === undefined ? -1 : rows.findIndex((row) => selectionOf(row) === selectedKey)),
    [rows, selectedKey, selectionOf],
  )
  const found = useMemo(
    () => (currentKey === undefined ? firstSelected : rows.findIndex((row) => keyOf(row) === currentKey)),
    [rows, currentKey, keyOf, firstSelected],
  )
  const current = Math.max(found, 0)
  const currentRow = rows[current]
  // Of several rows that show the selected one the current row comes first.
  const isCurrentSelected = currentRow !== undefined && firstSelected >= 0 && selectionOf(currentRow) === selectedKey
  const selectedIndex = isCurrentSelected ? current : firstSelected
  // The key of a row is for React alone: no row is measured. Another function for other rows, so that their sizes are added up again.
  // oxlint-disable-next-line react/exhaustive-deps
  const getItemKey = useCallback((index: number): number => index, [rows])

  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const row = rows[index]
      return row === undefined ? 0 : sizeOf(row)
    },
    getItemKey,
    overscan: 8,
    // A row that is scrolled into view must not end up behind the sticky header.
    scrollPaddingStart: headPx,
    // The current row stays rendered when scrolled out of view, because it has the focus. So does the header of its group.
    rangeExtractor: (range) => {
      const head = lastUpTo(heads, range.startIndex) ?? current
      return [...new Set([head, current, ...defaultRangeExtractor(range)])].sort((a, b) => a - b)
    },
  })
  useEffect(() => virtual.measure(), [density, virtual])
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
    onMove(row)
  }
  const moveBy: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: PAGE_ROWS,
    PageUp: -PAGE_ROWS,
    Home: -rows.length,
    End: rows.length,
  }
  return {
    scroller,
    virtual,
    current,
    stuck: lastUpTo(heads, virtual.range?.startIndex ?? 0),
    setCurrent: (index) => {
      const row = rows[index]
      if (row !== undefined) setCurrentKey(keyOf(row))
    },
    moveTo,
    step: (key, from) => {
      const by = moveBy[key]
      if (by === undefined) return false
      moveTo(from + by)
      return true
    },
  }
}
