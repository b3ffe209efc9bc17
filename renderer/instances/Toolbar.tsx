// The bar above the instances: filter, saved targets, grouping, the age of the list, and its refresh.

import { Bookmark, Tag } from 'lucide-react'
import type { ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { ForeignName } from '../parts/text/Foreign'
import { Menu } from '../parts/floats/Menu'
import { Refresh, RowFilter } from '../parts/rows/ListBar'
import { listedWords } from './age'
import { Parts } from './Parts'
import { tagKeys } from './listing'
import { BY_SETS } from './setgroups'

interface ToolbarProps {
  readonly filter: string
  readonly onFilter: (filter: string) => void
  /** Moves the focus from the filter down into the list. */
  readonly onEnterList: () => void
  /** "3 of 26" while the filter hides instances. */
  readonly shownWords: string
}

function Grouping(): ReactNode {
  const page = usePage()
  const groupTag = usePageState((state) => state.snapshot?.settings.groupTag) ?? ''
  const items = usePageState((state) => state.snapshot?.instances.items) ?? []
  const set = (tag: string): void => void page.ask('settings.set', { groupTag: tag })
  const keys = tagKeys(items)
  // The current tag stays in the menu even if no instance has it now.
  const isBySets = groupTag === BY_SETS
  const offered = groupTag === '' || isBySets || keys.includes(groupTag) ? keys : [groupTag, ...keys]
  const shown = isBySets ? 'Sets' : groupTag
  return (
    <Menu
      align="end"
      trigger={
        <Button variant="quiet" icon={Tag} aria-label={shown === '' ? 'Group' : `Grouped by ${shownName(shown)}`}>
          <span className="wide">Group</span>{' '}
          {shown !== '' && (
            <b className="cut-off">
              <ForeignName text={shown} />
            </b>
          )}
        </Button>
      }
      items={[
        { label: 'No grouping', isChecked: groupTag === '', onSelect: () => set('') },
        { label: 'Sets: saved targets, Auto Scaling groups', isChecked: isBySets, onSelect: () => set(BY_SETS) },
        { heading: 'Group by tag' },
        ...offered.map((key) => ({ label: key, isChecked: key === groupTag, onSelect: () => set(key) })),
        ...(offered.length === 0 ? [{ label: 'No tags', reason: 'no instance has any' }] : []),
      ]}
    />
  )
}

/** The toolbar. `/` and Ctrl+F focus the filter, Esc empties it. */
export function Toolbar({ filter, onFilter, onEnterList, shownWords }: ToolbarProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const listedAt = usePageState(({ snapshot }) => {
    const list = snapshot?.instances
    return list === undefined || (list.items.length === 0 && list.state.kind !== 'ready') ? undefined : list.listedAt
  })
  const isLoading = usePageState((state) => state.snapshot?.instances.state.kind === 'loading')
  return (
    <div className="viewbar">
      <h1 id="instances-title">Instances</h1>
      <Parts />
      <RowFilter
        label="Filter instances"
        placeholder="Filter by name, id, tag or address"
        value={filter}
        onChange={onFilter}
        onEnterList={onEnterList}
      />
      <span className="count number" role="status">
        {shownWords}
      </span>
      <span className="space" />
      <Button
        variant="quiet"
        icon={Bookmark}
        aria-label="Saved targets"
        onClick={() => page.askTargets({ kind: 'list' })}
      >
        <span className="wide">Targets</span>
      </Button>
      <Grouping />
      {listedAt !== undefined && <span className="age">{listedWords(listedAt, nowAt)}</span>}
      <Refresh isLoading={isLoading} noun="instances" onRefresh={() => void page.ask('instances.refresh', {})} />
    </div>
  )
}
