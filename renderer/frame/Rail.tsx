// The rail: the views, the number of items in each, and which of them has a problem: a forward, or in the settings a required drain.

import { Activity, ArrowLeftRight, Server, SlidersHorizontal, SquareTerminal, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { needsOf } from '../../shared/overall'
import { usePage, usePageState } from '../context'
import { Glyph } from '../parts/Glyph'
import { Tooltip } from '../parts/floats/Tooltip'
import type { View } from '../store/state'
import { openSessions } from '../sessions/words/carried'
import { NARROW_WINDOW_PX, useWindowWidth } from './windowsize'

interface ItemProps {
  readonly view: View
  readonly label: string
  readonly icon: LucideIcon
  readonly count?: number | undefined
  /** Set if a person must act: something has failed, or waits for a login. */
  readonly trouble?: 'failed' | 'waiting' | undefined
}

function Item({ view, label, icon: Icon, count, trouble }: ItemProps): ReactNode {
  const page = usePage()
  // The recordings are reached from the sessions, and have no item of their own.
  const isCurrent = usePageState((state) => (state.view === 'recordings' ? 'sessions' : state.view) === view)
  // If the label is visible, a tooltip would only repeat it.
  const isBeside = usePageState((state) => state.dock === 'right')
  const isLabelHidden = useWindowWidth() < NARROW_WINDOW_PX || isBeside
  const name = trouble === undefined ? label : `${label}, needs attention`
  return (
    <Tooltip text={isLabelHidden ? name : undefined} side="right">
      <button
        type="button"
        className="item"
        aria-label={count === undefined ? name : `${name}, ${count}`}
        {...(isCurrent ? { 'aria-current': 'page' } : {})}
        onClick={() => page.show(view)}
      >
        <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
        <span className="label">{label}</span>
        {trouble !== undefined && (
          <span className="badge">
            <Glyph tone={trouble} size="small" />
          </span>
        )}
        {count !== undefined && <span className="count number">{count}</span>}
      </button>
    </Tooltip>
  )
}

/** The navigation between the views. */
export function Rail(): ReactNode {
  // The count is shown only once the list has loaded: a zero before that would be wrong.
  const instances = usePageState(({ snapshot }) => {
    const list = snapshot?.instances
    const count = list?.total ?? list?.items.length
    return list?.state.kind === 'ready' ? count : count || undefined
  })
  const forwards = usePageState((state) => state.snapshot?.forwards.length)
  const sessions = usePageState(({ snapshot }) => (snapshot === undefined ? undefined : openSessions(snapshot)))
  const trouble = usePageState(({ snapshot }) => (snapshot === undefined ? undefined : needsOf(snapshot).forwards))
  const isDrainFailing = usePageState(({ snapshot }) => snapshot !== undefined && needsOf(snapshot).drains > 0)
  return (
    <nav className="rail" aria-label="Views" data-region="rail">
      <Item view="instances" label="Instances" icon={Server} count={instances} />
      <Item view="forwards" label="Forwards" icon={ArrowLeftRight} count={forwards} trouble={trouble} />
      <Item view="sessions" label="Sessions" icon={SquareTerminal} count={sessions} />
      <Item view="activity" label="Activity" icon={Activity} />
      <span className="space" />
      <Item view="settings" label="Settings" icon={SlidersHorizontal} trouble={isDrainFailing ? 'failed' : undefined} />
    </nav>
  )
}
