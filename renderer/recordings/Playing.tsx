// One recording in full: what it is, its screen, and what can be done with the file. Esc goes back to the list.

import { ArrowLeft, Download, Trash2 } from 'lucide-react'
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { asError, toWireError, type WireError } from '../../shared/errors'
import type { Recording } from '../../shared/model/recording'
import { usePage } from '../context'
import { bytesWords } from '../forwards/words/figures'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { IconButton } from '../parts/controls/IconButton'
import { EmptyState } from '../parts/EmptyState'
import { isPassedEsc } from '../parts/floats/passedesc'
import { ForeignName } from '../parts/text/Foreign'
import { exportRecording } from './save'
import { Screen, type ScreenHandle } from './Screen'
import { useCast, type CastState } from './useCast'
import { KIND_WORDS, lengthWords, startWords, targetLabel } from './words'

/** The props of the view. */
export interface PlayingProps {
  readonly recording: Recording
  /** Ms from its start. */
  readonly startAt: number
  readonly onBack: () => void
  readonly onDelete: () => void
}

/** The parts of the file that are not played, and why. */
function Notes({ state, recording }: { readonly state: CastState; readonly recording: Recording }): ReactNode {
  const page = usePage()
  if (state.kind !== 'ready') return null
  const { isCut, cast } = state
  const { gaps } = recording
  return (
    <div className="banners">
      {isCut && (
        <Banner
          tone="idle"
          title="Only the beginning is played."
          action={
            <Button size="small" onClick={() => void exportRecording(page, recording)}>
              Export
            </Button>
          }
        >
          The file is larger than what Culvert plays: its first {lengthWords(cast.durationMs)} are shown. Export it for
          another player.
        </Banner>
      )}
      {gaps > 0 && (
        <Banner
          tone="failed"
          title={gaps === 1 ? 'Output is missing at one place.' : `Output is missing at ${gaps} places.`}
        >
          Culvert could not write the file at that time. A marker shows each place.
        </Banner>
      )}
      {cast.damagedLines > 0 && (
        <Banner tone="failed" title="The file is damaged.">
          {cast.damagedLines === 1 ? 'One line' : `${cast.damagedLines.toLocaleString('en')} lines`} could not be read
          and
          {cast.damagedLines === 1 ? ' is' : ' are'} left out.
        </Banner>
      )}
    </div>
  )
}

/** A recording that is played. */
export function Playing({ recording, startAt, onBack, onDelete }: PlayingProps): ReactNode {
  const page = usePage()
  const state = useCast(recording.id)
  const [failure, setFailure] = useState<WireError | undefined>(undefined)
  const screen = useRef<ScreenHandle>(null)
  const section = useRef<HTMLElement>(null)
  const fail = useCallback((error: unknown) => setFailure(toWireError(asError(error))), [])
  // The keys of the player work at once.
  useEffect(() => section.current?.focus(), [])
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    // An open tooltip handles Esc first, and passes it on.
    if (event.defaultPrevented && !isPassedEsc(event.nativeEvent)) return
    if (event.key === 'Escape') onBack()
    else if (screen.current?.press(event) !== true) return
    event.preventDefault()
    event.stopPropagation()
  }
  const error = state.kind === 'failed' ? state.error : failure
  const { kind, startedAt, endedAt, environment, region, bytes } = recording
  return (
    // The keys work wherever the focus is in the view.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      className="view playing"
      aria-labelledby="playing-title"
      aria-busy={state.kind === 'loading'}
      data-region="main"
      tabIndex={-1}
      ref={section}
      // In the capture phase: the player handles some of the keys itself.
      onKeyDownCapture={press}
    >
      <div className="viewbar">
        <IconButton icon={ArrowLeft} label="Back to the recordings" keys={['Esc']} onClick={onBack} />
        <h1 id="playing-title" className="cut-off">
          <ForeignName text={targetLabel(recording)} />
        </h1>
        <p className="facts faint cut-off">
          {KIND_WORDS[kind]}, {startWords(startedAt)}, <ForeignName text={environment} /> <ForeignName text={region} />,{' '}
          {bytesWords(bytes)}
        </p>
        <span className="space" />
        <Button icon={Download} aria-label="Export" onClick={() => void exportRecording(page, recording)}>
          <span className="wide">Export</span>
        </Button>
        <IconButton
          icon={Trash2}
          label="Delete this recording"
          reason={endedAt === undefined ? 'It is being written.' : undefined}
          onClick={onDelete}
        />
      </div>
      <Notes state={state} recording={recording} />
      {error !== undefined ? (
        <EmptyState
          title="The recording cannot be played"
          text={error.message}
          action={<Button onClick={onBack}>Back to the recordings</Button>}
        />
      ) : state.kind === 'ready' ? (
        <Screen ref={screen} cast={state.cast} draw={state.draw} startAt={startAt} onFailure={fail} />
      ) : (
        <EmptyState
          title="Loading"
          text={state.kind === 'loading' ? `${bytesWords(state.bytes)} of ${bytesWords(bytes)}` : ''}
        />
      )}
    </section>
  )
}
