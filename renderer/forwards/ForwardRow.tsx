// One forward: the toggle (whether it should be on), its name and route, its actual state, and its figures or the buttons that
// fix it.

import { Copy, Ellipsis, ExternalLink, Logs, PanelRight, Pencil, Power, Trash2 } from 'lucide-react'
import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { EnvironmentView } from '../../shared/model/environment'
import type { ForwardView } from '../../shared/model/forward'
import type { Instance } from '../../shared/model/instance'
import { addressWords, forwardWords, viaWords } from '../../shared/status'
import { usePage } from '../context'
import { platform } from '../frame/platform'
import { Chip } from '../parts/Chip'
import { ForeignName } from '../parts/text/Foreign'
import { IconButton } from '../parts/controls/IconButton'
import { Menu, type MenuEntry } from '../parts/floats/Menu'
import { State } from '../parts/State'
import { Toggle } from '../parts/controls/Toggle'
import { Tooltip } from '../parts/floats/Tooltip'
import { copyForwardAddress, openForwardPage, switchForward } from './actions'
import { environmentWords, isShown, pageAddress } from './listing'
import { Route } from './Route'
import { Standing } from './Standing'
import { countdownOf, lastUpWords, standingOf } from './words/trouble'

/** The props of a row. */
export interface ForwardRowProps {
  readonly view: ForwardView
  readonly instances: readonly Instance[]
  readonly shown: EnvironmentView
  /** Epoch ms. */
  readonly nowAt: number
  /** Whether its detail panel is open. */
  readonly isSelected: boolean
  /** Whether the row is in the tab order. */
  readonly isCurrent: boolean
  readonly onCurrent: () => void
  /** A key press on the row itself or on a control in it. */
  readonly onKey: (event: KeyboardEvent<HTMLDivElement>) => void
  /** Asks for confirmation before deleting the forward. */
  readonly onDelete: () => void
}

/** Whether no text is selected: the click that ends a selection in an error message does not open the row. */
function isNothingMarked(): boolean {
  return window.getSelection()?.isCollapsed ?? true
}

/** A row of the grid of forwards. Its controls are in the tab order only while the row is the current one. */
export function ForwardRow(props: ForwardRowProps): ReactNode {
  const { view, instances, shown, nowAt, isSelected, isCurrent, onCurrent, onKey, onDelete } = props
  const page = usePage()
  const row = useRef<HTMLDivElement>(null)
  const { forward, isOn, state } = view
  const { id, name, environment } = forward
  const words = forwardWords(view, nowAt)
  const detail = state.kind === 'off' ? lastUpWords(view.lastUpAt, nowAt) : words.detail
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
      onSelect: fromRow(onDelete),
    },
  ]
  return (
    <div
      ref={row}
      className="forward"
      role="row"
      // Without the seconds: a label that changes every second would be read out every second.
      aria-label={`${shownName(name)}, ${words.word.replace(/ in \d+ s$/, '')}`}
      aria-selected={isSelected}
      data-forward={id}
      data-tone={words.tone}
      tabIndex={isCurrent ? 0 : -1}
      onFocus={onCurrent}
      onClick={(event) => {
        // Clicks on controls in the row, and in menus that are its children in React's tree, are not clicks on the row.
        const { target, currentTarget } = event
        if (!(target instanceof Element) || !currentTarget.contains(target)) return
        if (target.closest('button, a') === null && isNothingMarked()) page.selectForward(id)
      }}
      onKeyDown={(event) => {
        // Menus are children of the row in React's tree, but not in the DOM.
        if (event.target instanceof Node && event.currentTarget.contains(event.target)) onKey(event)
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
          {!isShown(environment, shown) && (
            <Chip look="line">
              <ForeignName text={environmentWords(environment, shown)} />
            </Chip>
          )}
        </div>
        <Route view={view} instances={instances} />
      </div>
      <div role="gridcell" className="fact">
        <State
          words={{ tone: words.tone, word: words.word, ...(detail === undefined ? {} : { detail }) }}
          detail="below"
          countdown={countdownOf(state, nowAt)}
        />
      </div>
      <div role="gridcell" className="standing">
        <Standing view={view} words={standingOf(view, viaWords(view, instances), nowAt)} />
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
}
