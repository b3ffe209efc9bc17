// The bar above the instances: filter, saved targets, grouping, the age of the list, and its refresh.

import { Bookmark, Tag } from 'lucide-react'
import type { ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { ForeignName } from '../parts/text/Foreign'
import { Menu } from '../parts/floats/Menu'
import { Bar, type ToolbarProps } from './Bar'
import { tagKeys } from './listing'
import { BY_SETS } from './setgroups'

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

/** The toolbar. */
export function Toolbar(props: ToolbarProps): ReactNode {
  const page = usePage()
  const listedAt = usePageState(({ snapshot }) => {
    const list = snapshot?.instances
    return list === undefined || (list.items.length === 0 && list.state.kind !== 'ready') ? undefined : list.listedAt
  })
  return (
    <Bar
      {...props}
      list="instances"
      title="Instances"
      placeholder="Filter by name, id, tag or address"
      listedAt={listedAt}
    >
      <Button
        variant="quiet"
        icon={Bookmark}
        aria-label="Saved targets"
        onClick={() => page.askTargets({ kind: 'list' })}
      >
        <span className="wide">Targets</span>
      </Button>
      <Grouping />
    </Bar>
  )
}
