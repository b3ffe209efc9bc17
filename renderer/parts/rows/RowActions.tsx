// The buttons at the end of a row: open a terminal, make a forward, and a menu with the rest. A click that one of them acts on
// does not reach the row.

import { ArrowLeftRight, Ellipsis, SquareTerminal } from 'lucide-react'
import type { MouseEvent, ReactNode } from 'react'
import { Button } from '../controls/Button'
import { IconButton } from '../controls/IconButton'
import { Menu, type MenuEntry } from '../floats/Menu'

/** Runs `act` on a click, and stops the click: the row would be selected, folded or opened. */
export function alone(act: () => void): (event: MouseEvent) => void {
  return (event) => {
    event.stopPropagation()
    act()
  }
}

/** The buttons of a row with a menu. No click on a button or on an item of the menu reaches the row. */
export function RowActions({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    // A menu and its items are React children of the row: without this, a click on one would select the row or fold it.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <span className="actions" onClick={(event) => event.stopPropagation()}>
      {children}
    </span>
  )
}

interface ActionProps {
  /** The accessible name: "Connect to web-1". */
  readonly label: string
  readonly tabIndex: number
  /** Why it is disabled now. */
  readonly reason?: string | undefined
  readonly onPress: () => void
}

/** The button that opens a terminal. Only its icon is shown in a narrow list. */
export function OpenAction(props: ActionProps & { readonly verb: 'Connect' | 'Shell' }): ReactNode {
  const { verb, label, tabIndex, reason, onPress } = props
  return (
    <Button
      size="small"
      variant="quiet"
      className="connect"
      icon={SquareTerminal}
      aria-label={label}
      tabIndex={tabIndex}
      reason={reason}
      onClick={alone(onPress)}
    >
      <span className="text">{verb}</span>
    </Button>
  )
}

/** The button that begins a forward. */
export function ForwardAction({ label, tabIndex, reason, onPress }: ActionProps): ReactNode {
  return (
    <IconButton
      size="small"
      icon={ArrowLeftRight}
      label={label}
      tabIndex={tabIndex}
      reason={reason}
      onClick={alone(onPress)}
    />
  )
}

/** The menu with the other actions. */
export function MoreActions(props: {
  /** What the row shows. */
  readonly name: string
  readonly tabIndex: number
  readonly items: readonly MenuEntry[]
}): ReactNode {
  const { name, tabIndex, items } = props
  return (
    <Menu
      align="end"
      trigger={<IconButton size="small" icon={Ellipsis} label={`More about ${name}`} tabIndex={tabIndex} />}
      items={items}
    />
  )
}
