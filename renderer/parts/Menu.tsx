// A menu that hangs from a button.
//
// Owns the look of items, lines and headings; the destructive item comes last, after a line. Built on Radix DropdownMenu.

import { Check, ChevronRight, type LucideIcon } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { Fragment, type ReactNode } from 'react'
import { floats } from './floats'
import { ForeignName, ForeignSentence } from './Foreign'
import { Keys } from './Tooltip'

/** One item of a menu. */
interface MenuItem {
  /** A word of ours, or a name from outside. */
  readonly label: string
  /** A name behind the label: what it is done to. */
  readonly name?: string
  readonly icon?: LucideIcon
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
}

function Label({ item }: { readonly item: MenuItem }): ReactNode {
  const { icon: Icon, label, name, detail, keys, isChecked, reason } = item
  const behind = reason ?? detail
  return (
    <>
      {Icon !== undefined && <Icon size={14} strokeWidth={1.75} aria-hidden="true" />}
      {isChecked !== undefined && (
        <span className="tick">{isChecked && <Check size={14} strokeWidth={2} aria-hidden="true" />}</span>
      )}
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

function Entry({ entry }: { readonly entry: MenuEntry }): ReactNode {
  if ('line' in entry) return <DropdownMenu.Separator className="line" />
  if ('heading' in entry) return <DropdownMenu.Label className="heading">{entry.heading}</DropdownMenu.Label>
  const { items, isChecked, isDanger = false, reason, onSelect } = entry
  const className = isDanger ? 'item danger' : 'item'
  if (items !== undefined) {
    return (
      <DropdownMenu.Sub>
        <DropdownMenu.SubTrigger className={className} disabled={reason !== undefined}>
          <Label item={entry} />
          <ChevronRight className="more" size={14} strokeWidth={1.75} aria-hidden="true" />
        </DropdownMenu.SubTrigger>
        <DropdownMenu.Portal container={floats()}>
          <DropdownMenu.SubContent className="menu" sideOffset={4} collisionPadding={8}>
            <Entries entries={items} />
          </DropdownMenu.SubContent>
        </DropdownMenu.Portal>
      </DropdownMenu.Sub>
    )
  }
  const common = { className, disabled: reason !== undefined, onSelect: () => onSelect?.() }
  if (isChecked === undefined) {
    return (
      <DropdownMenu.Item {...common}>
        <Label item={entry} />
      </DropdownMenu.Item>
    )
  }
  return (
    <DropdownMenu.CheckboxItem {...common} checked={isChecked}>
      <Label item={entry} />
    </DropdownMenu.CheckboxItem>
  )
}

function keyOf(entry: MenuEntry, index: number): string {
  if ('line' in entry) return `line-${index}`
  return 'heading' in entry ? `heading-${entry.heading}` : `item-${entry.label}`
}

function Entries({ entries }: { readonly entries: readonly MenuEntry[] }): ReactNode {
  return entries.map((entry, index) => (
    <Fragment key={keyOf(entry, index)}>
      <Entry entry={entry} />
    </Fragment>
  ))
}

/** A button and the menu that it opens. */
export function Menu({ trigger, items, head, align = 'start', onOpen }: MenuProps): ReactNode {
  return (
    <DropdownMenu.Root
      modal={false}
      onOpenChange={(isOpen) => {
        if (isOpen) onOpen?.()
      }}
    >
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={floats()}>
        <DropdownMenu.Content className="menu" align={align} sideOffset={4} collisionPadding={8}>
          {head !== undefined && <div className="head">{head}</div>}
          <Entries entries={items} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
