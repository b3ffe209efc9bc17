// Menus: one that opens from a button, and a context menu for the secondary mouse button.
//
// Owns the look of items, separators and headings; the destructive item comes last, after a separator. Built on Radix
// DropdownMenu and
// ContextMenu, whose parts differ only in their names.

import { Check, ChevronRight, type LucideIcon } from 'lucide-react'
import { ContextMenu as RadixContextMenu, DropdownMenu } from 'radix-ui'
import { Fragment, type ReactNode } from 'react'
import type { Hue } from '../../../shared/settings'
import { floats } from './floats'
import { ForeignName, ForeignSentence } from '../text/Foreign'
import { Keys } from './Tooltip'

/** One item of a menu. */
export interface MenuItem {
  /** Our own word, or a name from outside. */
  readonly label: string
  /** A name after the label: the object of the action. */
  readonly name?: string
  readonly icon?: LucideIcon
  /** A colour to choose, shown before its name. */
  readonly hue?: Hue
  /** Shown faintly after the label. */
  readonly detail?: string
  readonly keys?: readonly string[]
  readonly isDanger?: boolean
  /** If given, the item is one of several options, and this tells whether it is the current one. */
  readonly isChecked?: boolean
  /** Why the item is disabled now; shown after the label. */
  readonly reason?: string | undefined
  readonly onSelect?: () => void
  /** If given, the item opens a submenu instead of running an action. */
  readonly items?: readonly MenuEntry[]
}

/** An entry of a menu. */
export type MenuEntry = MenuItem | { readonly line: true } | { readonly heading: string }

/** The props of a menu. */
export interface MenuProps {
  /** One of our buttons, or a native one. */
  readonly trigger: ReactNode
  readonly items: readonly MenuEntry[]
  /** Shown above the items: the subject of the menu. */
  readonly head?: ReactNode
  readonly align?: 'start' | 'end'
  readonly onOpen?: () => void
  /** Called after the menu has closed. If given, it decides where the focus goes. */
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

/** The components of one of Radix's two kinds of menus. */
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

/** The properties that let `onClosed` place the focus after a menu. */
function handOver(onClosed: (() => void) | undefined): { readonly onCloseAutoFocus?: (event: Event) => void } {
  if (onClosed === undefined) return {}
  return {
    onCloseAutoFocus: (event) => {
      event.preventDefault()
      onClosed()
    },
  }
}

/** The props of a context menu. */
export interface ContextMenuProps {
  /** The element with the context menu. It must take a ref and the properties of a trigger. */
  readonly children: ReactNode
  /** The menu's accessible name. */
  readonly label: string
  readonly items: readonly MenuEntry[]
  readonly onOpen?: () => void
  /** Called after the menu has closed. If given, it decides where the focus goes. */
  readonly onClosed?: () => void
}

/** An element with a context menu, which opens by the secondary mouse button or the menu key. */
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
