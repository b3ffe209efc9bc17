// The header of a group of instances: of a tag's value, or of a set with what can be done on any of its hosts.

import { Bookmark, ChevronDown, ChevronRight, Layers, Pencil, Trash2 } from 'lucide-react'
import type { ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import { usePage, usePageState } from '../context'
import type { MenuEntry } from '../parts/floats/Menu'
import { ForwardAction, MoreActions, OpenAction, RowActions } from '../parts/rows/RowActions'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { hostCount, namesWords, usersOf } from '../targets/hosts'
import { countWords, type ListRow } from './listing'
import { BY_SETS, useWords, type SetGroup } from './setgroups'

type GroupRow = Extract<ListRow, { readonly kind: 'group' }>

/** The props of the cells. */
export interface GroupCellsProps {
  readonly row: GroupRow
  readonly groupTag: string
  readonly columnCount: number
  /** Whether the row is in the tab order; its buttons are reached from it. */
  readonly isCurrent: boolean
}

function Label({ row, groupTag }: Pick<GroupCellsProps, 'row' | 'groupTag'>): ReactNode {
  if (row.set !== undefined) return <ForeignName text={row.set.label} />
  if (row.value !== '') return <ForeignName text={row.value} />
  if (groupTag === BY_SETS) return 'In no set'
  return (
    <>
      No <ForeignName text={groupTag} /> tag
    </>
  )
}

interface SetActionsProps {
  readonly set: SetGroup
  readonly goodCount: number
  readonly tabIndex: number
}

function SetActions({ set, goodCount, tabIndex }: SetActionsProps): ReactNode {
  const page = usePage()
  const forwards = usePageState((state) => state.snapshot?.forwards) ?? []
  const { target, label } = set
  const block = goodCount > 0 ? undefined : 'No host of this set runs with its agent online.'
  const name = shownName(label)
  const users = target.kind === 'saved' ? usersOf(target.targetId, forwards) : []
  const items: readonly MenuEntry[] =
    target.kind === 'saved'
      ? [
          {
            label: 'Edit target',
            icon: Pencil,
            onSelect: () => page.askTargets({ kind: 'edit', targetId: target.targetId }),
          },
          { line: true },
          {
            label: 'Delete target',
            icon: Trash2,
            isDanger: true,
            reason: users.length === 0 ? undefined : `used by ${namesWords(users.map(({ forward }) => forward.name))}`,
            onSelect: () => page.askTargets({ kind: 'delete', targetId: target.targetId }),
          },
        ]
      : [{ label: 'Save as target', icon: Bookmark, onSelect: () => page.askTargets({ kind: 'new', set: set.set }) }]
  return (
    <RowActions>
      <OpenAction
        verb="Connect"
        label={`Connect to any host of ${name}`}
        tabIndex={tabIndex}
        reason={block}
        onPress={() => page.openTarget(target, label)}
      />
      <ForwardAction label={`New forward on ${name}`} tabIndex={tabIndex} onPress={() => page.editForward(target)} />
      <MoreActions name={name} tabIndex={tabIndex} items={items} />
    </RowActions>
  )
}

function Uses({ set }: { readonly set: SetGroup }): ReactNode {
  const forwards = usePageState((state) => state.snapshot?.forwards) ?? []
  const instances = usePageState((state) => state.snapshot?.instances.items) ?? []
  const words = useWords(set, forwards, instances)
  if (words === '') return null
  return (
    <span className="uses cut-off">
      <ForeignSentence text={words} />
    </span>
  )
}

/** The cells of a group's header; the grid owns the row itself. */
export function GroupCells({ row, groupTag, columnCount, isCurrent }: GroupCellsProps): ReactNode {
  const { set, count, onlineCount, isOpen } = row
  const Chevron = isOpen ? ChevronDown : ChevronRight
  const Sign = set?.kind === 'saved' ? Bookmark : Layers
  return (
    <span role="gridcell" aria-colspan={columnCount}>
      <button type="button" className="head" aria-expanded={isOpen} tabIndex={-1}>
        <Chevron size={14} strokeWidth={1.75} aria-hidden="true" />
        {set !== undefined && <Sign size={14} strokeWidth={1.75} aria-hidden="true" />}
        <b className="cut-off">
          <Label row={row} groupTag={groupTag} />
        </b>
        <span className="faint">
          {set === undefined
            ? countWords(count, onlineCount)
            : count === 0
              ? 'no host'
              : `${hostCount(count)}, ${onlineCount} good`}
        </span>
        <span className="faint brief" aria-hidden="true">
          {onlineCount}/{count}
        </span>
        {set !== undefined && <Uses set={set} />}
      </button>
      {set !== undefined && <SetActions set={set} goodCount={onlineCount} tabIndex={isCurrent ? 0 : -1} />}
    </span>
  )
}
