// Menus: one that hangs from a button, and one that opens where a person presses the other button of the mouse.
//
// Owns the look of items, lines and headings; the destructive item comes last, after a line. Built on Radix DropdownMenu and
// ContextMenu, whose parts are the same but for their names.

import { Check, ChevronRight, type LucideIcon } from 'lucide-react'
import { ContextMenu as RadixContextMenu, DropdownMenu } from 'radix-ui'
import { Fragment, type ReactNode } from 'react'
import type { Hue } from '../../../shared/settings'
import { floats } from './floats'
import { ForeignName, ForeignSentence } from '../text/Foreign'
import { Keys } from './Tooltip'

/** One item of a menu. */
interface MenuItem {
  /** A word of ours, or a name from outside. */
  readonly label: string
  /** A name behind the label: what it is done to. */
  readonly name?: string
  readonly icon?: LucideIcon
  /** A colour to choose, shown before its name. */
  readonly hue?: Hue
  /** Faint, behind the label. */
  readonly detail?: string
  readonly keys?: readonly string[]
  readonly isDanger?: boolean
  /** Given: the item is one of a choice, and this one is or is not the present one. */
  readonly isChecked?: boolean
  /** Why it cannot be chosen now; shown behind the label. */
  readonly reason?: string | undefined
  readonly onSelect?: () => void
  /** Given: a menu beside the item instead of an action. */
  readonly items?: readonly MenuEntry[]
}

/** What a menu consists of. */
export type MenuEntry = MenuItem | { readonly line: true } | { readonly heading: string }

/** What a menu is told. */
export interface MenuProps {
  /** One of our buttons, or a native one. */
  readonly trigger: ReactNode
  readonly items: readonly MenuEntry[]
  /** Above the items: what the menu is about. */
  readonly head?: ReactNode
  readonly align?: 'start' | 'end'
  readonly onOpen?: () => void
  /** Called once it has closed; given, it says where the focus goes then. */
  readonly onClosed?: () => void
}

function Label({ item }: { readonly item: MenuItem }): ReactNode {
  const { icon: Icon, hue, label, name, detail, keys, isChecked, reason } = item
  const behind = reason ?? detail
  return (
    <>
      {Icon !== undefined && <Icon size={14} strokeWidth={1.75} aria-hidden="true" />}
      {isChecked !== undefined && (
        <span className="tick">{isChecked && <Check size={14} strokeWidth={2} aria-hidden="true" />}</span>
      )}
      {hue !== undefined && <i className={`hue ${hue}`} />}
      <span className="label">
        <ForeignName text={label} />
        {name !== undefined && (
          <>
            {' '}
            <ForeignName text={name} />
          </>
        )}
      </span>
      {behind !== undefined && (
        <span className="detail">
          <ForeignSentence text={behind} />
        </span>
      )}
      {keys !== undefined && <Keys keys={keys} />}
    </>
  )
}

/** The parts of one of Radix's kinds of menus. */
type Kit = Pick<
  typeof DropdownMenu,
  'Separator' | 'Label' | 'Sub' | 'SubTrigger' | 'SubContent' | 'Portal' | 'Item' | 'CheckboxItem'
>

interface EntryProps {
  readonly entry: MenuEntry
  readonly kit: Kit
}

function Entry({ entry, kit }: EntryProps): ReactNode {
  if ('line' in entry) return <kit.Separator className="line" />
  if ('heading' in entry) return <kit.Label className="heading">{entry.heading}</kit.Label>
  const { items, isChecked, isDanger = false, reason, onSelect } = entry
  const className = isDanger ? 'item danger' : 'item'
  if (items !== undefined) {
    return (
      <kit.Sub>
        <kit.SubTrigger className={className} disabled={reason !== undefined}>
          <Label item={entry} />
          <ChevronRight className="more" size={14} strokeWidth={1.75} aria-hidden="true" />
        </kit.SubTrigger>
        <kit.Portal container={floats()}>
          <kit.SubContent className="menu" sideOffset={4} collisionPadding={8}>
            <Entries entries={items} kit={kit} />
          </kit.SubContent>
        </kit.Portal>
      </kit.Sub>
    )
  }
  const common = { className, disabled: reason !== undefined, onSelect: () => onSelect?.() }
  if (isChecked === undefined) {
    return (
      <kit.Item {...common}>
        <Label item={entry} />
      </kit.Item>
    )
  }
  return (
    <kit.CheckboxItem {...common} checked={isChecked}>
      <Label item={entry} />
    </kit.CheckboxItem>
  )
}

function keyOf(entry: MenuEntry, index: number): string {
  if ('line' in entry) return `line-${index}`
  return 'heading' in entry ? `heading-${entry.heading}` : `item-${entry.label}`
}

function Entries({ entries, kit }: { readonly entries: readonly MenuEntry[]; readonly kit: Kit }): ReactNode {
  return entries.map((entry, index) => (
    <Fragment key={keyOf(entry, index)}>
      <Entry entry={entry} kit={kit} />
    </Fragment>
  ))
}

/** What leaves the focus after a menu to `onClosed`. */
function handOver(onClosed: (() => void) | undefined): { readonly onCloseAutoFocus?: (event: Event) => void } {
  if (onClosed === undefined) return {}
  return {
    onCloseAutoFocus: (event) => {
      event.preventDefault()
      onClosed()
    },
  }
}

/** What a context menu is told. */
export interface ContextMenuProps {
  /** What it is the menu of: one element that takes a ref and the properties of a trigger. */
  readonly children: ReactNode
  /** Its name for screen readers. */
  readonly label: string
  readonly items: readonly MenuEntry[]
  readonly onOpen?: () => void
  /** Called once it has closed; given, it says where the focus goes then. */
  readonly onClosed?: () => void
}

/** An element with a menu for the other button of the mouse and for the menu key. */
export function ContextMenu({ children, label, items, onOpen, onClosed }: ContextMenuProps): ReactNode {
  return (
    <RadixContextMenu.Root
      modal={false}
      onOpenChange={(isOpen) => {
        if (isOpen) onOpen?.()
      }}
    >
      <RadixContextMenu.Trigger asChild>{children}</RadixContextMenu.Trigger>
      <RadixContextMenu.Portal container={floats()}>
        <RadixContextMenu.Content className="menu" aria-label={label} collisionPadding={8} {...handOver(onClosed)}>
          <Entries entries={items} kit={RadixContextMenu} />
        </RadixContextMenu.Content>
      </RadixContextMenu.Portal>
    </RadixContextMenu.Root>
  )
}

/** A button and the menu that it opens. */
export function Menu({ trigger, items, head, align = 'start', onOpen, onClosed }: MenuProps): ReactNode {
  return (
    <DropdownMenu.Root
      modal={false}
      onOpenChange={(isOpen) => {
        if (isOpen) onOpen?.()
      }}
    >
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={floats()}>
        <DropdownMenu.Content
          className="menu"
          align={align}
          sideOffset={4}
          collisionPadding={8}
          {...handOver(onClosed)}
        >
          {head !== undefined && <div className="head">{head}</div>}
          <Entries entries={items} kit={DropdownMenu} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
