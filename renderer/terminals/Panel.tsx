// The panel of a tab: its panes, the edges between them, and the status line of the pane with the focus.

import { memo, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react'
import { usePage } from '../context'
import { boxesOf, MIN_SHARE, panesOf, type Edge as EdgeState } from '../store/layout'
import type { Tab } from '../store/state'
import { Pane } from './Pane'

const KEY_STEP = 0.02

function percent(fraction: number): string {
  return `${fraction * 100}%`
}

interface EdgeProps {
  readonly edge: EdgeState
  readonly onShare: (share: number) => void
}

/** The edge between the halves of a split; moved by pointer and by arrow keys. */
function Edge({ edge, onShare }: EdgeProps): ReactNode {
  const { direction, share, box } = edge
  const isAcross = direction === 'right'
  const isGripped = useRef(false)
  const press = (event: KeyboardEvent): void => {
    const [less, more] = isAcross ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
    if (event.key !== less && event.key !== more) return
    event.preventDefault()
    onShare(share + (event.key === more ? KEY_STEP : -KEY_STEP))
  }
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    const whole = event.currentTarget.parentElement?.getBoundingClientRect()
    if (!isGripped.current || whole === undefined) return
    const at = isAcross ? (event.clientX - whole.left) / whole.width : (event.clientY - whole.top) / whole.height
    onShare(isAcross ? (at - box.left) / box.width : (at - box.top) / box.height)
  }
  const release = (): void => {
    isGripped.current = false
  }
  const place = isAcross
    ? { left: percent(box.left + box.width * share), top: percent(box.top), height: percent(box.height) }
    : { top: percent(box.top + box.height * share), left: percent(box.left), width: percent(box.width) }
  return (
    // A movable separator is a widget: it is focusable, has keys and a value.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={`edge ${direction}`}
      role="separator"
      aria-label="Size of the panes"
      aria-orientation={isAcross ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={MIN_SHARE * 100}
      aria-valuemax={100 - MIN_SHARE * 100}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      style={place}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        isGripped.current = true
      }}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={release}
    />
  )
}

/** The props of a panel. */
export interface PanelProps {
  readonly tab: Tab
  /** Whether it is the current tab and the dock is visible. */
  readonly isShown: boolean
}

/**
 * A tab's panel. It stays alive behind other tabs; a pane keeps its screen while other panes are added or removed. Memoised,
 * so that it is rendered again only when its own tab changes.
 */
export const Panel = memo(function Panel({ tab, isShown }: PanelProps): ReactNode {
  const page = usePage()
  const [statusLine, setStatusLine] = useState<HTMLElement | null>(null)
  const panes = panesOf(tab.layout)
  const { panes: boxes, edges } = boxesOf(tab.layout)
  return (
    <div className="panel" role="tabpanel" id={`${tab.key}-pane`} aria-labelledby={`${tab.key}-head`} hidden={!isShown}>
      <div className="panes">
        {panes.map((pane) => {
          const box = boxes.get(pane.key)
          return (
            box !== undefined && (
              <Pane
                key={pane.key}
                tabKey={tab.key}
                pane={pane}
                box={box}
                isShown={isShown}
                isActive={pane.key === tab.activePane}
                isSplit={panes.length > 1}
                statusLine={statusLine}
              />
            )
          )
        })}
        {edges.map((edge) => (
          <Edge key={edge.id} edge={edge} onShare={(share) => page.setShare(tab.key, edge.id, share)} />
        ))}
      </div>
      <div className="statusline" ref={setStatusLine} />
    </div>
  )
})
