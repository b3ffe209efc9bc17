// The recordings of this computer: the list with a search in their output, and the one that is played in its place.
//
// Owns which recording is played and which ones a person is asked about. The files are the core's.

import './recordings.css'
import { Ellipsis, RotateCw, Settings2, Trash2 } from 'lucide-react'
import { useDeferredValue, useMemo, useRef, useState, type ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { Recording } from '../../shared/model/recording'
import { usePage, usePageState } from '../context'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { FilterInput } from '../parts/controls/Field'
import { IconButton } from '../parts/controls/IconButton'
import { EmptyState } from '../parts/EmptyState'
import { Question } from '../parts/floats/Dialog'
import { Menu } from '../parts/floats/Menu'
import { Skeleton } from '../parts/Skeleton'
import { ForeignName } from '../parts/text/Foreign'
import { showSettings } from '../settings/sections'
import { NEWEST_FIRST, recordingsSortedBy, rowsOf } from './listing'
import { Playing } from './Playing'
import { deleteRecordings, exportRecording } from './save'
import { Table, type TableHandle } from './Table'
import { MIN_SEARCH, useRecordings, useSearch, type Search } from './useRecordings'
import { startWords, targetLabel } from './words'

const NO_RECORDINGS: readonly Recording[] = []

function searchWords(search: Search, text: string, shownCount: number): string {
  const wanted = text.trim()
  if (wanted === '') return ''
  if (search.kind === 'searching') return 'Searching the output…'
  if (search.kind === 'none')
    return wanted.length < MIN_SEARCH ? `Output is searched from ${MIN_SEARCH} letters on` : ''
  if (search.kind === 'failed') return ''
  const { matches, isCut } = search
  const places = matches.length === 1 ? '1 place' : `${matches.length.toLocaleString('en')} places`
  return `${places}${isCut ? ' or more' : ''} in ${shownCount === 1 ? '1 recording' : `${shownCount} recordings`}`
}

function DeleteQuestion(props: {
  readonly recordings: readonly Recording[]
  readonly onConfirm: () => void
  readonly onClose: () => void
}): ReactNode {
  const { recordings, onConfirm, onClose } = props
  const [only] = recordings
  if (only === undefined) return null
  const isOne = recordings.length === 1
  return (
    <Question
      title={
        isOne ? (
          <>
            Delete the recording of <ForeignName text={targetLabel(only)} />?
          </>
        ) : (
          `Delete ${recordings.length.toLocaleString('en')} recordings?`
        )
      }
      text={
        isOne
          ? `It began at ${startWords(only.startedAt)}. The file is removed from this computer; what drains were sent stays there.`
          : 'The files are removed from this computer; what drains were sent stays there.'
      }
      confirm="Delete"
      onConfirm={onConfirm}
      onClose={onClose}
    />
  )
}

/** The "Recordings" view. */
export function Recordings(): ReactNode {
  const page = usePage()
  const text = usePageState((state) => state.recordingText)
  const { listing, error, refresh } = useRecordings()
  const search = useSearch(text)
  const [sort, setSort] = useState(NEWEST_FIRST)
  const [playing, setPlaying] = useState<{ readonly recording: Recording; readonly at: number } | undefined>(undefined)
  const [deleting, setDeleting] = useState<readonly Recording[]>(NO_RECORDINGS)
  const table = useRef<TableHandle>(null)
  const filterText = useDeferredValue(text)
  const recordings = listing?.recordings ?? NO_RECORDINGS
  const rows = useMemo(
    () => rowsOf(recordings, filterText, { matches: search.kind === 'done' ? search.matches : [], sort }),
    [recordings, filterText, search, sort],
  )
  const shown = useMemo(() => rows.flatMap((row) => (row.kind === 'recording' ? [row.recording] : [])), [rows])
  const deletable = shown.filter(({ endedAt }) => endedAt !== undefined)
  const remove = async (): Promise<void> => {
    if (await deleteRecordings(page, deleting)) setPlaying(undefined)
    refresh()
  }
  const question = deleting.length > 0 && (
    <DeleteQuestion recordings={deleting} onConfirm={() => void remove()} onClose={() => setDeleting(NO_RECORDINGS)} />
  )
  if (playing !== undefined) {
    const { recording, at } = playing
    return (
      <>
        <Playing
          key={`${recording.id} ${at}`}
          recording={recordings.find(({ id }) => id === recording.id) ?? recording}
          startAt={at}
          onBack={() => {
            setPlaying(undefined)
            // After the list is rendered again.
            setTimeout(() => table.current?.focus())
          }}
          onDelete={() => setDeleting([recording])}
        />
        {question}
      </>
    )
  }
  const isFiltered = text.trim() !== ''
  return (
    <section className="view listing recordings" aria-labelledby="recordings-title" aria-busy={listing === undefined}>
      <div className="list">
        <div className="viewbar">
          <h1 id="recordings-title">Recordings</h1>
          <FilterInput
            label="Search recordings"
            placeholder="Target, date, or a text in the output"
            value={text}
            onChange={(recordingText) => page.arrange({ recordingText })}
          />
          <span className="count number" role="status">
            {searchWords(search, text, shown.length)}
          </span>
          <span className="space" />
          <IconButton icon={RotateCw} label="Refresh the list" onClick={refresh} />
          <Menu
            align="end"
            trigger={<IconButton icon={Ellipsis} label="More about recordings" />}
            items={[
              { label: 'Recording settings', icon: Settings2, onSelect: () => showSettings(page, 'output') },
              { line: true },
              {
                label: isFiltered ? 'Delete all shown…' : 'Delete all…',
                icon: Trash2,
                isDanger: true,
                detail: deletable.length.toLocaleString('en'),
                reason: deletable.length === 0 ? 'there is none' : undefined,
                onSelect: () => setDeleting(deletable),
              },
            ]}
          />
        </div>
        <div className="banners">
          {error !== undefined && (
            <Banner
              tone="failed"
              title="The recordings cannot be listed."
              action={
                <Button size="small" onClick={refresh}>
                  Try again
                </Button>
              }
            >
              {error.message}
            </Banner>
          )}
          {search.kind === 'failed' && (
            <Banner tone="failed" title="The output was not searched.">
              {search.error.message}
            </Banner>
          )}
          {(listing?.notices ?? []).slice(0, 3).map((notice) => (
            <Banner key={notice} tone="working" title="A file was left out.">
              {notice}
            </Banner>
          ))}
        </div>
        {listing === undefined && error === undefined && <Skeleton rows={6} />}
        {listing !== undefined && rows.length > 0 && (
          <Table
            ref={table}
            rows={rows}
            text={search.kind === 'done' ? search.text : ''}
            sort={sort}
            onSort={(column) => setSort(recordingsSortedBy(column, sort))}
            onPlay={(recording, at) => setPlaying({ recording, at })}
            onExport={(recording) => void exportRecording(page, recording)}
            onDelete={(recording) => setDeleting([recording])}
          />
        )}
        {listing !== undefined && rows.length === 0 && (
          <EmptyState
            {...(isFiltered
              ? {
                  title: search.kind === 'searching' ? 'Searching' : 'Nothing found',
                  text: `No recording has ${shownName(text.trim())} in its name, date or output.`,
                  action: <Button onClick={() => page.arrange({ recordingText: '' })}>Clear search</Button>,
                }
              : {
                  title: 'No recordings yet',
                  text: 'A recording holds what a terminal shows. Record one from its menu, or let the settings record every terminal of an environment.',
                  action: <Button onClick={() => showSettings(page, 'output')}>Recording settings</Button>,
                })}
          />
        )}
      </div>
      {question}
    </section>
  )
}
