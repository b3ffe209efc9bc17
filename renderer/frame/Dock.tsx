// The layout of views and terminals: side by side or one above the other, with a splitter between them.

import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import { usePage, usePageState } from '../context'
import { NARROW_WINDOW_PX, useWindowHeight, useWindowWidth } from './windowsize'

/** The width of the view's narrow form, and the smallest usable size of a terminal. */
const VIEW_WIDTH = 308
const NARROW_VIEW_WIDTH = 252
const MIN_VIEW_WIDTH = 220
const MIN_DOCK_WIDTH = 480
const MIN_VIEW_HEIGHT = 120
const MIN_DOCK_HEIGHT = 160
const KEY_STEP = 16

/** The space that the frame takes at the left and at the top, as in sizes.css. */
const RAIL_WIDTH = 52
const TOP_BAR_HEIGHT = 44

interface SplitterProps {
  readonly place: 'right' | 'bottom'
  /** The size of the view, in px. */
  readonly size: number
  readonly maxSize: number
  readonly minSize: number
  readonly onSize: (size: number) => void
}

function Splitter({ place, size, minSize, maxSize, onSize }: SplitterProps): ReactNode {
  const startRef = useRef<{ readonly at: number; readonly size: number } | undefined>(undefined)
  const positionOf = (event: PointerEvent): number => (place === 'right' ? event.clientX : event.clientY)
  const set = (next: number): void => onSize(Math.max(minSize, Math.min(maxSize, next)))
  const press = (event: KeyboardEvent): void => {
    const [less, more] = place === 'right' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
    if (event.key !== less && event.key !== more) return
    event.preventDefault()
    set(size + (event.key === more ? KEY_STEP : -KEY_STEP))
  }
  return (
    // A movable separator is a widget: it is focusable, has keys and a value.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={`splitter ${place}`}
      role="separator"
      aria-label="Size of the view"
      aria-orientation={place === 'right' ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(size)}
      aria-valuemin={minSize}
      aria-valuemax={Math.round(maxSize)}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        startRef.current = { at: positionOf(event), size }
      }}
      onPointerMove={(event) => {
        const start = startRef.current
        if (start !== undefined) set(start.size + positionOf(event) - start.at)
      }}
      onPointerUp={() => {
        startRef.current = undefined
      }}
      onPointerCancel={() => {
        startRef.current = undefined
      }}
    />
  )
}

/** The props of the layout. */
export interface DockedProps {
  readonly view: ReactNode
  /** Renders the dock, with the splitter on its edge. */
  readonly dock: (splitter: ReactNode) => ReactNode
}

/** Lays out the view and, if it is shown, the dock. The sizes belong to this page and outlive a reload. */
export function Docked({ view, dock }: DockedProps): ReactNode {
  const place = usePageState((state) => state.dock)
  const page = usePage()
  const width = usePageState((state) => state.dockWidth)
  const height = usePageState((state) => state.dockHeight)
  const windowWidth = useWindowWidth()
  const bounds = { width: windowWidth - RAIL_WIDTH, height: useWindowHeight() - TOP_BAR_HEIGHT }
  const wanted = width ?? (windowWidth < NARROW_WINDOW_PX ? NARROW_VIEW_WIDTH : VIEW_WIDTH)
  const maxWidth = Math.max(MIN_VIEW_WIDTH, bounds.width - MIN_DOCK_WIDTH)
  const maxHeight = Math.max(MIN_VIEW_HEIGHT, bounds.height - MIN_DOCK_HEIGHT)
  const shownHeight = Math.min(height ?? bounds.height / 2, maxHeight)
  const size = place === 'right' ? Math.min(wanted, maxWidth) : shownHeight
  return (
    <div className={`docked at-${place}`}>
      <main className="main" data-region="view" {...(place === 'hidden' ? {} : { style: { flex: `0 0 ${size}px` } })}>
        {view}
      </main>
      {dock(
        place !== 'hidden' && (
          <Splitter
            place={place}
            size={size}
            minSize={place === 'right' ? MIN_VIEW_WIDTH : MIN_VIEW_HEIGHT}
            maxSize={place === 'right' ? maxWidth : maxHeight}
            onSize={(next) => page.arrange(place === 'right' ? { dockWidth: next } : { dockHeight: next })}
          />
        ),
      )}
    </div>
  )
}
