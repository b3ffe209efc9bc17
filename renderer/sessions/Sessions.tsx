// The sessions of the account: who is connected to which instance, since when and why, and ending them.
//
// Owns which sessions are selected and which ones a person is asked about. The sessions are in mirror.ts, filters and order in words/.

import './sessions.css'
import {
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react'
import type { AccountSession } from '../../shared/model/accountsession'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { EphemeralSection } from '../ephemeral/Section'
import { EmptyState } from '../parts/EmptyState'
import { Inspector } from '../parts/rows/Inspector'
import { Detail } from './Detail'
import { Empty } from './Empty'
import { EndQuestion } from './EndQuestion'
import { Loaded, Problems } from './Notes'
import { Table, type TableHandle } from './Table'
import { Toolbar } from './Toolbar'
import { useDetail } from './useDetail'
import { useEnvironments, useWatch } from './useWatch'
import { carriedBy } from './words/carried'
import { matcher, readFilter, type KnownNames } from './words/filter'
import { countSegments, frequentNames, sessionKey, sessionsSortedBy } from './words/listing'
import { inOrder, search } from './words/search'
import { isEndable, ownerName, targetWords } from './words/states'

const NOTHING: ReadonlySet<string> = new Set()
const MOST_NAMES = 500

/** AWS lists a new session within seconds, and Culvert asks every few seconds. */
const LISTED_WITHIN_MS = 20_000

/** Resolves a session that is known by what it carries. AWS lists a new session within seconds: until then the panel says so. */
function useCarried(sessions: readonly AccountSession[]): void {
  const page = usePage()
  const picked = usePageState((state) => state.selectedSession)
  useEffect(() => {
    if (picked?.kind !== 'carried') return
    const found = carriedBy(picked, sessions)
    if (found !== undefined) page.selectSession({ kind: 'session', id: found.id, environment: found.place.ref })
  }, [page, picked, sessions])
  useEffect(() => {
    if (picked?.kind !== 'carried') return
    const timer = setTimeout(() => {
      page.selectSession(undefined)
      page.toast({ tone: 'idle', title: 'AWS does not list the session.', text: 'Its environment may not be shown.' })
    }, LISTED_WITHIN_MS)
    return () => clearTimeout(timer)
  }, [page, picked])
}

/** The names that the filter offers: counted when they are first needed, once for each state of the list. */
function useKnown(sessions: readonly AccountSession[]): () => KnownNames {
  return useMemo(() => {
    let known: KnownNames | undefined
    return () => {
      known ??= {
        owners: frequentNames(
          sessions.map(({ owner }) => ownerName(owner)),
          MOST_NAMES,
        ),
        targets: frequentNames(sessions.map(targetWords), MOST_NAMES),
      }
      return known
    }
  }, [sessions])
}

/** The bar over the foot of the list while sessions are selected. */
function SelectionBar(props: {
  readonly selected: readonly AccountSession[]
  readonly onEnd: () => void
  readonly onClear: () => void
}): ReactNode {
  const { selected, onEnd, onClear } = props
  const endable = selected.filter(isEndable).length
  return (
    <div className="selection" role="region" aria-label="Selected sessions">
      <span className="number" role="status">
        {selected.length.toLocaleString('en')} selected
      </span>
      <Button
        size="small"
        variant="danger"
        reason={endable === 0 ? 'The selected sessions have ended.' : undefined}
        onClick={onEnd}
      >
        End {endable === 1 ? 'session' : 'sessions'}
      </Button>
      <Button size="small" variant="quiet" onClick={onClear}>
        Clear
      </Button>
    </div>
  )
}

/** The "Sessions" view. */
export function Sessions(): ReactNode {
  const page = usePage()
  const environments = useEnvironments()
  const mirrored = useWatch(environments)
  const { sessions, list, error, isFilling } = mirrored
  const segment = usePageState((state) => state.sessionSegment)
  const text = usePageState((state) => state.sessionText)
  const sort = usePageState((state) => state.sessionSort)
  const nowAt = usePageState((state) => state.nowAt)
  const picked = usePageState((state) => state.selectedSession)
  const [selection, setSelection] = useState(NOTHING)
  const [ending, setEnding] = useState<readonly AccountSession[]>([])
  const table = useRef<TableHandle>(null)
  useCarried(sessions)

  // The typed text is shown at once; a list of 100,000 sessions follows it.
  const filterText = useDeferredValue(text)
  const filter = useMemo(() => readFilter(filterText), [filterText])
  const sorted = useMemo(() => inOrder(sessions, sort), [sessions, sort])
  const counts = useMemo(() => countSegments(sessions), [sessions])
  // Only a filter by time depends on the time.
  const filterAt = filter.sinceMs === undefined ? 0 : nowAt
  const isMatch = useMemo(() => matcher(filter, filterAt), [filter, filterAt])
  const shown = useMemo(() => search(sorted, isMatch, segment), [sorted, isMatch, segment])
  // Told only where no session is shown.
  const otherCount = useMemo(
    () => (shown.length > 0 ? 0 : search(sorted, isMatch, segment === 'open' ? 'ended' : 'open').length),
    [shown, sorted, isMatch, segment],
  )
  // Sessions that the filter hides are not ended with the selection.
  const selected = useMemo(
    () =>
      selection.size === 0 || segment === 'ended' ? [] : shown.filter((session) => selection.has(sessionKey(session))),
    [shown, selection, segment],
  )
  const selectedKeys = useMemo(() => new Set(selected.map(sessionKey)), [selected])
  const pickedId = picked?.kind === 'session' ? picked.id : undefined
  const row = useMemo(() => sessions.find(({ id }) => id === pickedId), [sessions, pickedId])
  const detail = useDetail(picked, row)
  const isFiltered = text.trim() !== ''
  const known = useKnown(sessions)
  const ask = useCallback((wanted: readonly AccountSession[]): void => {
    if (wanted.some(isEndable)) setEnding(wanted)
  }, [])
  // Not rendered again for each letter: its rows follow the filter.
  const rows = useMemo(
    () => (
      <Table
        sessions={shown}
        segment={segment}
        sort={sort}
        isPlaceShown={environments.length > 1}
        selection={selectedKeys}
        onSelect={setSelection}
        onSort={(column) => page.arrange({ sessionSort: sessionsSortedBy(column, sort) })}
        onEnd={ask}
        ref={table}
      />
    ),
    [page, shown, segment, sort, environments.length, selectedKeys, ask],
  )
  const closeDetail = (): void => {
    page.selectSession(undefined)
    table.current?.focus()
  }
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented || ending.length > 0) return
    if (picked !== undefined) closeDetail()
    else if (selected.length > 0) setSelection(NOTHING)
    else return
    event.preventDefault()
  }
  return (
    // Esc closes the detail wherever the focus is in the view.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      className={detail.kind === 'none' ? 'view listing sessions' : 'view listing sessions with-detail'}
      aria-labelledby="sessions-title"
      aria-busy={list === undefined || list.isLoading || isFilling}
      onKeyDown={press}
    >
      <div className="list">
        <Toolbar
          counts={counts}
          shownWords={
            isFiltered ? `${shown.length.toLocaleString('en')} of ${counts[segment].toLocaleString('en')}` : ''
          }
          filter={{
            value: text,
            onChange: (sessionText) => page.arrange({ sessionText }),
            known,
            onEnterList: () => table.current?.focus(),
          }}
          sessions={sessions}
          shown={shown}
          environments={environments}
          onEnd={ask}
        />
        <Problems list={list} error={error} />
        {segment === 'open' && environments.length === 1 && <EphemeralSection environment={environments[0]} />}
        {shown.length === 0 ? (
          <Empty
            mirrored={mirrored}
            segment={segment}
            filter={filterText}
            problem={filter.problem}
            otherCount={otherCount}
          />
        ) : (
          rows
        )}
        {segment === 'ended' && list !== undefined && (shown.length > 0 || list.isLoading) && (
          <Loaded list={list} isFilling={isFilling} />
        )}
        {selected.length > 0 && (
          <SelectionBar selected={selected} onEnd={() => ask(selected)} onClear={() => setSelection(NOTHING)} />
        )}
      </div>
      {detail.kind === 'read' && (
        <Detail session={detail.session} onEnd={() => ask([detail.session])} onClose={closeDetail} />
      )}
      {(detail.kind === 'failed' || detail.kind === 'reading') && (
        <Inspector shownId="" label="Details of the session">
          {picked?.kind === 'carried' && (
            <EmptyState
              title="The session is not listed yet"
              text="AWS lists a new session within seconds. Its details appear here then."
              action={<Button onClick={closeDetail}>Close details</Button>}
            />
          )}
          {detail.kind === 'failed' && (
            <EmptyState
              title="The session is not known"
              text={detail.error.message}
              action={<Button onClick={closeDetail}>Close details</Button>}
            />
          )}
        </Inspector>
      )}
      {ending.length > 0 && (
        <EndQuestion sessions={ending} onClose={() => setEnding([])} onEnding={() => setSelection(NOTHING)} />
      )}
    </section>
  )
}
