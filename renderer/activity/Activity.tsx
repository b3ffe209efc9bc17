// The view of the journal: what happened, newest first, by day.
//
// Owns which lines are shown and which one is open. New lines go to the top without moving the lines that a person reads.

import './activity.css'
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from 'react'
import type { JournalEntry } from '../../shared/model/journal'
import { destinationWords } from '../../shared/status'
import { usePage, usePageState } from '../context'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { EmptyState } from '../parts/EmptyState'
import { FilterInput, Token } from '../parts/controls/Field'
import { ForeignSentence } from '../parts/text/Foreign'
import { Glyph } from '../parts/Glyph'
import { Segments } from '../parts/controls/Segments'
import { Skeleton } from '../parts/Skeleton'
import { Entry } from './Entry'
import { destinationOf, filterJournal, groupByDay, isProblem, type Segment } from './journal'

/** Keeps the lines that a person reads in place while new ones come in above them. At the top, the newest stay visible. */
function useSteadyScroll(newestId: number | undefined, isReading: boolean): RefObject<HTMLDivElement | null> {
  const scroll = useRef<HTMLDivElement>(null)
  const before = useRef({ newestId, height: 0 })
  useLayoutEffect(() => {
    const element = scroll.current
    if (element === null) return
    const grown = element.scrollHeight - before.current.height
    const isFocused = element.contains(document.activeElement) && document.activeElement !== element
    const isRead = isReading || isFocused || element.scrollTop > 0
    if (before.current.newestId !== newestId && grown > 0 && isRead) element.scrollTop += grown
    before.current = { newestId, height: element.scrollHeight }
  })
  return scroll
}

function Days({
  entries,
  destinations,
  openId,
  onOpen,
}: {
  readonly entries: readonly JournalEntry[]
  readonly destinations: ReadonlyMap<string, string>
  readonly openId: number | undefined
  readonly onOpen: (id: number | undefined) => void
}): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const openForward = ({ subject }: JournalEntry): (() => void) | undefined => {
    if (subject.kind !== 'forward' || !destinations.has(subject.id)) return undefined
    return () => {
      page.show('forwards')
      page.selectForward(subject.id)
    }
  }
  return groupByDay(entries, nowAt).map(({ key, title, date, entries: ofDay }) => (
    <section key={key} aria-label={`${title}, ${date}`}>
      <h2>
        {title} <span>{date}</span>
      </h2>
      <ol className="entries">
        {ofDay.map((entry) => (
          <Entry
            key={entry.id}
            entry={entry}
            destination={destinationOf(entry, destinations)}
            onOpenForward={openForward(entry)}
            isOpen={entry.id === openId}
            onToggle={() => onOpen(entry.id === openId ? undefined : entry.id)}
          />
        ))}
      </ol>
    </section>
  ))
}

/** The view "Activity". */
export function Activity(): ReactNode {
  const page = usePage()
  const { entries, hasMore, state } = usePageState(({ journal }) => journal)
  const forwards = usePageState(({ snapshot }) => snapshot?.forwards)
  const segment = usePageState((shown) => shown.activitySegment)
  const text = usePageState((shown) => shown.activityText)
  const setSegment = (activitySegment: Segment): void => page.arrange({ activitySegment })
  const setText = (activityText: string): void => page.arrange({ activityText })
  const forwardId = usePageState(({ activityForward }) => activityForward)
  const [openId, setOpenId] = useState<number | undefined>(undefined)
  const isUnread = state.kind === 'idle'
  useEffect(() => {
    if (isUnread) void page.loadJournal()
  }, [page, isUnread])

  const destinations = new Map((forwards ?? []).map((view) => [view.forward.id, destinationWords(view)]))
  const listed = filterJournal(entries, {
    segment,
    text,
    destinations,
    ...(forwardId === undefined ? {} : { forwardId }),
  })
  const scroll = useSteadyScroll(entries[0]?.id, openId !== undefined)
  const problems = entries.filter(isProblem).length
  const isLoading = state.kind === 'idle' || state.kind === 'loading'
  const forwardName = forwards?.find(({ forward }) => forward.id === forwardId)?.forward.name ?? 'this forward'
  const isFiltered = segment !== 'all' || text !== '' || forwardId !== undefined
  const clear = (): void => {
    setSegment('all')
    setText('')
    page.filterActivity(undefined)
  }
  return (
    <section className="view activity" aria-labelledby="activity-title">
      <div className="viewbar">
        <h1 id="activity-title">Activity</h1>
        <Segments
          label="Entries shown"
          value={segment}
          onChange={setSegment}
          segments={[
            { value: 'all', label: 'All' },
            {
              value: 'problems',
              label: (
                <>
                  {problems > 0 && <Glyph tone="failed" size="small" />}
                  Problems {problems > 0 && <span className="number">{problems}</span>}
                </>
              ),
            },
            { value: 'forwards', label: 'Forwards' },
            { value: 'terminals', label: 'Terminals' },
            { value: 'app', label: 'App' },
          ]}
        />
        <FilterInput
          label="Search the log"
          placeholder="Search the log"
          value={text}
          onChange={setText}
          onTakeToken={() => page.filterActivity(undefined)}
          tokens={forwardId !== undefined && <Token text={forwardName} onTake={() => page.filterActivity(undefined)} />}
        />
      </div>
      <div className="scroll" ref={scroll}>
        {state.kind === 'failed' && (
          <Banner
            tone="failed"
            title="The log could not be read."
            action={
              <Button size="small" onClick={() => void page.loadJournal()}>
                Read again
              </Button>
            }
          >
            <ForeignSentence text={state.error.message} />
          </Banner>
        )}
        {isLoading && entries.length === 0 && <Skeleton rows={10} />}
        <Days entries={listed} destinations={destinations} openId={openId} onOpen={setOpenId} />
        {state.kind === 'ready' && listed.length === 0 && !isFiltered && (
          <EmptyState title="No activity yet" text="Events of forwards, terminals and Culvert appear here." />
        )}
        {listed.length === 0 && entries.length > 0 && isFiltered && (
          <EmptyState
            title="No entry matches"
            text={hasMore ? 'Older entries are not loaded yet.' : 'No entry in the log matches these filters.'}
            action={<Button onClick={clear}>Show all</Button>}
          />
        )}
        {hasMore && entries.length > 0 && (
          <div className="earlier">
            <Button
              reason={state.kind === 'loading' ? 'Older entries are being loaded.' : undefined}
              onClick={() => void page.loadJournal()}
            >
              Load earlier
            </Button>
          </div>
        )}
      </div>
    </section>
  )
}
