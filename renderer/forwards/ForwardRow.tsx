// One forward: the toggle (whether it should be on), its name and route, its actual state, and its figures or the buttons that
// fix it.

import { Copy, Ellipsis, ExternalLink, Logs, PanelRight, Pencil, Power, Trash2 } from 'lucide-react'
import { memo, useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { ForwardView } from '../../shared/model/forward'
import { addressWords } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { platform } from '../frame/platform'
import { Chip } from '../parts/Chip'
import { ForeignName } from '../parts/text/Foreign'
import { IconButton } from '../parts/controls/IconButton'
import { Menu, type MenuEntry } from '../parts/floats/Menu'
import { State } from '../parts/State'
import { Toggle } from '../parts/controls/Toggle'
import { Tooltip } from '../parts/floats/Tooltip'
import { copyForwardAddress, openForwardPage, switchForward } from './actions'
import { pageAddress } from './listing'
import { Route } from './Route'
import { Standing } from './Standing'
import { keepRowWords } from './words/row'

/** The props of a row. Each keeps its identity while it does not change: then the row is not rendered again. */
export interface ForwardRowProps {
  readonly view: ForwardView
  /** The label of its instance. */
  readonly via: string
  /** The name of its environment, if that is not the shown one. */
  readonly elsewhere: string | undefined
  /** Whether its detail panel is open. */
  readonly isSelected: boolean
  /** Whether the row is in the tab order. */
  readonly isCurrent: boolean
  /** The focus came to the row or to a control in it. */
  readonly onFocus: (row: HTMLElement, view: ForwardView) => void
  /** A key press on the row itself or on a control in it. */
  readonly onKey: (event: KeyboardEvent<HTMLElement>, view: ForwardView) => void
  /** Asks for confirmation before deleting a forward. */
  readonly onDelete: (forwardId: string) => void
}

/** Whether no text is selected: the click that ends a selection in an error message does not open the row. */
function isNothingMarked(): boolean {
  return window.getSelection()?.isCollapsed ?? true
}

/**
 * A row of the grid of forwards. Its controls are in the tab order only while the row is the current one. Rendered again only
 * when its own forward or its own text changes.
 */
export const ForwardRow = memo(function ForwardRow(props: ForwardRowProps): ReactNode {
  const { view, via, elsewhere, isSelected, isCurrent, onFocus, onKey, onDelete } = props
  const page = usePage()
  const row = useRef<HTMLDivElement>(null)
  const [wordsAt] = useState(keepRowWords)
  const { state, countdown, standing } = usePageState(({ nowAt }) => wordsAt(view, via, nowAt))
  const { forward, isOn } = view
  const { id, name } = forward
  const address = addressWords(view)

  // After each render: the buttons of a row change with its state.
  useLayoutEffect(() => {
    for (const button of row.current?.querySelectorAll('button') ?? []) button.tabIndex = isCurrent ? 0 : -1
  })

  // A dialog returns the focus to the element that had it before. That must be the row, because the menu is closed by then.
  const fromRow = (run: () => void) => () => {
    row.current?.focus()
    run()
  }
  const items: readonly MenuEntry[] = [
    { label: 'Show details', icon: PanelRight, keys: ['Enter'], onSelect: () => page.selectForward(id) },
    { label: 'Edit', icon: Pencil, keys: ['E'], onSelect: fromRow(() => page.changeForward(id)) },
    {
      label: 'Copy address',
      icon: Copy,
      keys: [platform === 'mac' ? '⌘' : 'Ctrl', 'C'],
      ...(address === '' ? { reason: 'chosen at the first start' } : {}),
      onSelect: () => copyForwardAddress(page, view),
    },
    ...(pageAddress(view) === undefined
      ? []
      : [{ label: 'Open in browser', icon: ExternalLink, keys: ['O'], onSelect: () => openForwardPage(view) }]),
    { label: 'Show log', icon: Logs, onSelect: () => page.filterActivity(id) },
    { line: true },
    {
      label: 'Delete',
      name,
      icon: Trash2,
      keys: [platform === 'mac' ? '⌫' : 'Del'],
      isDanger: true,
      onSelect: fromRow(() => onDelete(id)),
    },
  ]
  return (
    <div
      ref={row}
      className="forward"
      role="row"
      // Without the seconds: a label that changes every second would be read out every second.
      aria-label={`${shownName(name)}, ${state.word.replace(/ in \d+ s$/, '')}`}
      aria-selected={isSelected}
      data-forward={id}
      data-tone={state.tone}
      tabIndex={isCurrent ? 0 : -1}
      onFocus={(event) => onFocus(event.currentTarget, view)}
      onClick={(event) => {
        // Clicks on controls in the row, and in menus that are its children in React's tree, are not clicks on the row.
        const { target, currentTarget } = event
        if (!(target instanceof Element) || !currentTarget.contains(target)) return
        if (target.closest('button, a') === null && isNothingMarked()) page.selectForward(id)
      }}
      onKeyDown={(event) => {
        // Menus are children of the row in React's tree, but not in the DOM.
        if (event.target instanceof Node && event.currentTarget.contains(event.target)) onKey(event, view)
      }}
    >
      <div role="gridcell" className="wish">
        <Toggle
          isOn={isOn}
          label={`Turn ${shownName(name)} ${isOn ? 'off' : 'on'}`}
          onChange={(wish) => switchForward(page, view, wish)}
        />
      </div>
      <div role="gridcell" className="what">
        <div className="name">
          <button type="button" className="link cut-off" onClick={() => page.selectForward(id)}>
            <ForeignName text={name} />
          </button>
          {forward.startAtLaunch && (
            <Tooltip text="Starts at launch">
              <span className="launch">
                <Power size={12} strokeWidth={2} role="img" aria-label="Starts at launch" />
              </span>
            </Tooltip>
          )}
          {elsewhere !== undefined && (
            <Chip look="line">
              <ForeignName text={elsewhere} />
            </Chip>
          )}
        </div>
        <Route view={view} via={via} />
      </div>
      <div role="gridcell" className="fact">
        <State words={state} detail="below" countdown={countdown} />
      </div>
      <div role="gridcell" className="standing">
        <Standing view={view} words={standing} />
      </div>
      <div role="gridcell" className="tools">
        {address !== '' && (
          <span className="copy">
            <IconButton icon={Copy} label="Copy address" onClick={() => copyForwardAddress(page, view)} />
          </span>
        )}
        <Menu
          align="end"
          trigger={<IconButton icon={Ellipsis} label={`More about ${shownName(name)}`} />}
          items={items}
        />
      </div>
    </div>
  )
})
