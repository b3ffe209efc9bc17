// Said in place of the list when it has no row: why, and what a person can do.

import type { ReactNode } from 'react'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { EmptyState } from '../parts/EmptyState'
import { Skeleton } from '../parts/Skeleton'
import type { MirroredSessions } from './mirror'
import { OlderButtons } from './Notes'
import type { SessionSegment } from './words/listing'
import { momentWords, sessionsWords } from './words/states'

/** The props of the empty state. */
export interface EmptyProps {
  readonly mirrored: MirroredSessions
  readonly segment: SessionSegment
  readonly filter: string
  /** Why the filter matches nothing, where it is not understood. */
  readonly problem: string | undefined
  /** How many sessions of the other segment match the filter. */
  readonly otherCount: number
}

/** The empty state. */
export function Empty({ mirrored, segment, filter, problem, otherCount }: EmptyProps): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const { list, error, isFilling } = mirrored
  const other = segment === 'open' ? 'ended' : 'open'
  if (list === undefined) {
    return error === undefined ? (
      <Skeleton rows={12} />
    ) : (
      <EmptyState title="The sessions are not listed" text="Culvert asks again by itself. The cause stands above." />
    )
  }
  if (filter.trim() !== '') {
    const clear = <Button onClick={() => page.arrange({ sessionText: '' })}>Clear filter</Button>
    return (
      <EmptyState
        title={problem === undefined ? 'No session matches' : 'The filter is not understood'}
        text={
          problem ??
          (otherCount > 0
            ? `${sessionsWords(otherCount)} that ${other === 'open' ? (otherCount === 1 ? 'is open' : 'are open') : otherCount === 1 ? 'has ended' : 'have ended'} would match.`
            : `No ${segment} session matches this filter.`)
        }
        action={
          <>
            {clear}
            {otherCount > 0 && (
              <Button onClick={() => page.arrange({ sessionSegment: other })}>Show {other} sessions</Button>
            )}
          </>
        }
      />
    )
  }
  if (list.isLoading || isFilling) return <Skeleton rows={12} />
  if (segment === 'open') {
    return (
      <EmptyState
        title="No session is open"
        text={
          list.problems.length > 0
            ? 'None in the environments that could be listed.'
            : 'Terminals and forwards open sessions, here or on other computers of the account. They appear here within seconds.'
        }
      />
    )
  }
  return (
    <EmptyState
      title={`No session has ended since ${momentWords(list.loadedSinceAt, nowAt)}`}
      text={list.hasOlder ? 'Older sessions are not loaded.' : 'AWS keeps sessions for 30 days.'}
      action={list.hasOlder ? <OlderButtons list={list} /> : undefined}
    />
  )
}
