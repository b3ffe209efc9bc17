// The list of recordings: only visible rows are rendered, and one row, the current one, is in the tab order.
//
// Keys: arrows, Home, End and the page keys move; Enter plays the recording, or from the found place; E exports it, Delete deletes it after a
// question.

import { Download, Play, Trash2 } from 'lucide-react'
import { useImperativeHandle, type KeyboardEvent, type MouseEvent, type ReactNode, type Ref } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { Recording } from '../../shared/model/recording'
import { usePageState } from '../context'
import { bytesWords } from '../forwards/words/figures'
import { IconButton } from '../parts/controls/IconButton'
import { Heads, type HeadColumn } from '../parts/rows/Heads'
import { useRows } from '../parts/rows/useRows'
import { VirtualRows } from '../parts/rows/VirtualRows'
import { ForeignName } from '../parts/text/Foreign'
import { excerpt, piecesAround, type RecordingColumn, type RecordingRow, type RecordingSort } from './listing'
import { RecordingDot } from './Mark'
import { KIND_WORDS, lengthWords, positionWords, startWords, targetLabel } from './words'

const ROW_PX = { comfortable: 36, compact: 30 }
const MATCH_PX = 26

const COLUMNS: readonly HeadColumn<RecordingColumn>[] = [
  { column: 'target', className: 'name', label: 'Recording' },
  { column: 'start', className: 'start', label: 'Started' },
  { column: 'length', className: 'length', label: 'Length' },
  { column: 'size', className: 'size', label: 'Size' },
  { column: 'place', className: 'place', label: 'Environment' },
]

/** The table's interface for its parent. */
export interface TableHandle {
  /** Moves the focus to the current row. */
  focus(): void
}

interface TableProps {
  readonly rows: readonly RecordingRow[]
  /** The text that was found. */
  readonly text: string
  readonly sort: RecordingSort
  readonly onSort: (column: RecordingColumn) => void
  /** Plays from `at`, ms from the start. */
  readonly onPlay: (recording: Recording, at: number) => void
  readonly onExport: (recording: Recording) => void
  readonly onDelete: (recording: Recording) => void
  readonly ref: Ref<TableHandle>
}

const keyOf = ({ key }: RecordingRow): string => key

function Cells(props: {
  readonly recording: Recording
  readonly isCurrent: boolean
  readonly onPlay: () => void
  readonly onExport: () => void
  readonly onDelete: () => void
}): ReactNode {
  const { recording, isCurrent, onPlay, onExport, onDelete } = props
  const { kind, startedAt, endedAt, durationMs, bytes, environment, region, gaps } = recording
  const label = shownName(targetLabel(recording))
  const tabIndex = isCurrent ? 0 : -1
  const only = (run: () => void) => (event: MouseEvent) => {
    event.stopPropagation()
    run()
  }
  return (
    <>
      <span className="name" role="rowheader">
        <span className="cut-off">
          <ForeignName text={targetLabel(recording)} /> <span className="kind">{KIND_WORDS[kind]}</span>
        </span>
      </span>
      <span className="start number cut-off" role="gridcell">
        {startWords(startedAt)}
      </span>
      <span className="length number cut-off" role="gridcell">
        {endedAt === undefined ? (
          <>
            <RecordingDot /> recording
          </>
        ) : (
          lengthWords(durationMs)
        )}
      </span>
      <span
        className="size number cut-off"
        role="gridcell"
        title={gaps === 0 ? undefined : `Output is missing at ${gaps === 1 ? 'one place' : `${gaps} places`}.`}
      >
        {bytesWords(bytes)}
        {gaps > 0 && <span className="gaps">, gaps</span>}
      </span>
      <span className="place cut-off" role="gridcell">
        <ForeignName text={environment} /> <span className="faint">{region}</span>
      </span>
      <span className="actions" role="gridcell">
        <IconButton size="small" icon={Play} label={`Play ${label}`} tabIndex={tabIndex} onClick={only(onPlay)} />
        <IconButton
          size="small"
          icon={Download}
          label={`Export ${label}`}
          tabIndex={tabIndex}
          onClick={only(onExport)}
        />
        <IconButton
          size="small"
          icon={Trash2}
          label={`Delete ${label}`}
          reason={endedAt === undefined ? 'It is being written.' : undefined}
          tabIndex={tabIndex}
          onClick={only(onDelete)}
        />
      </span>
    </>
  )
}

function Match({
  row,
  text,
}: {
  readonly row: RecordingRow & { readonly kind: 'match' }
  readonly text: string
}): ReactNode {
  const { at, line } = row.match
  const mark = (piece: string): ReactNode =>
    // A piece has no id: its place is its key.
    piecesAround(piece, text).map((part, index) => (index % 2 === 0 ? part : <mark key={index}>{part}</mark>))
  return (
    <span className="found" role="rowheader">
      <span className="number at">{positionWords(at)}</span>
      <span className="mono cut-off">
        <ForeignName text={excerpt(line, text).trim()} draw={mark} />
      </span>
    </span>
  )
}

/** The table. */
export function Table(props: TableProps): ReactNode {
  const { rows, text, sort, onSort, onPlay, onExport, onDelete, ref } = props
  const density = usePageState((state) => state.snapshot?.settings.density) ?? 'comfortable'
  const { scroller, virtual, current, setCurrent, moveTo, step } = useRows<RecordingRow>({
    rows,
    keyOf,
    sizeOf: ({ kind }) => (kind === 'recording' ? ROW_PX[density] : MATCH_PX),
    density,
    selectedKey: undefined,
    onMove: () => undefined,
  })
  useImperativeHandle(ref, () => ({ focus: () => moveTo(current) }))
  const play = (row: RecordingRow): void => onPlay(row.recording, row.kind === 'match' ? row.match.at : 0)
  const remove = (recording: Recording): void => {
    if (recording.endedAt !== undefined) onDelete(recording)
  }
  const press = (event: KeyboardEvent, row: RecordingRow, index: number): void => {
    // Key presses on a row's buttons belong to those buttons.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    if (!step(event.key, index)) {
      if (event.key === 'Enter') play(row)
      else if (event.key === 'e') onExport(row.recording)
      else if (event.key === 'Delete') remove(row.recording)
      else return
    }
    event.preventDefault()
  }
  return (
    <div
      className="grid"
      role="grid"
      aria-labelledby="recordings-title"
      aria-rowcount={rows.length + 1}
      aria-colcount={COLUMNS.length + 1}
    >
      <div role="rowgroup">
        <Heads columns={COLUMNS} sort={sort} onSort={onSort} onEnterRows={() => moveTo(current)} actions="Actions" />
      </div>
      <VirtualRows rows={rows} of={{ scroller, virtual }}>
        {(row, { index, start, size }) => {
          const { recording } = row
          return (
            <div
              key={row.key}
              className={`row ${row.kind}`}
              role="row"
              aria-rowindex={index + 2}
              tabIndex={index === current ? 0 : -1}
              style={{ height: size, transform: `translateY(${start}px)` }}
              onFocus={() => setCurrent(index)}
              onKeyDown={(event) => press(event, row, index)}
              onClick={() => play(row)}
            >
              {row.kind === 'match' ? (
                <Match row={row} text={text} />
              ) : (
                <Cells
                  recording={recording}
                  isCurrent={index === current}
                  onPlay={() => play(row)}
                  onExport={() => onExport(recording)}
                  onDelete={() => remove(recording)}
                />
              )}
            </div>
          )
        }}
      </VirtualRows>
    </div>
  )
}
