// The screen of a recording and its controls: play, position, markers, speed.
//
// Keys, anywhere in the view: Space plays and pauses; the arrows go 5 s back and on, with Shift a tenth of the recording; [ and ] go to
// the markers. The player's own keys are not used, because they work only while its screen has the focus.

import { ChevronLeft, ChevronRight, Pause, Play } from 'lucide-react'
import { useEffect, useImperativeHandle, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react'
import { shownName } from '../../shared/foreigntext'
import { usePage } from '../context'
import { IconButton } from '../parts/controls/IconButton'
import { Segments } from '../parts/controls/Segments'
import { ForeignName } from '../parts/text/Foreign'
import { watchTheme } from '../terminals/screen/theme'
import type { Cast, CastMarker } from './cast'
import type { Draw, Drawing } from './draw'
import { positionWords } from './words'

const STEP_MS = 5_000
const TICK_MS = 200

/** During this time after a marker, "previous marker" goes to the one before it. */
const AT_MARKER_MS = 1_500

/** The widths of a letter of 20 px and of 9 px, and the height of a line of 9 px. */
const MAX_CELL_PX = 12
const MIN_CELL_PX = 5.4
const MIN_LINE_PX = 12.2

const SPEEDS = ['1', '2', '4'] as const

/** The screen's interface for its parent. */
export interface ScreenHandle {
  /** Handles a key of the view; false if it is none of the screen's. */
  press(event: KeyboardEvent): boolean
}

interface ScreenProps {
  readonly cast: Cast
  readonly draw: Draw
  /** Ms from the start. */
  readonly startAt: number
  readonly onFailure: (error: unknown) => void
  readonly ref: Ref<ScreenHandle>
}

function Markers({ markers, durationMs }: { readonly markers: readonly CastMarker[]; readonly durationMs: number }) {
  return (
    <span className="ticks" aria-hidden="true">
      {markers.map(({ at, label }, index) => (
        <i
          // A marker has no id: its place in the list is its key.
          key={index}
          style={{ left: `${durationMs === 0 ? 0 : (at / durationMs) * 100}%` }}
          title={`${positionWords(at)} ${shownName(label)}`}
        />
      ))}
    </span>
  )
}

/** The screen and the bar below it. */
export function Screen({ cast, draw, startAt, onFailure, ref }: ScreenProps): ReactNode {
  const page = usePage()
  const element = useRef<HTMLDivElement>(null)
  const drawing = useRef<Drawing | undefined>(undefined)
  const wish = useRef({ at: startAt, isPlaying: true })
  const [isPlaying, setPlaying] = useState(true)
  const [at, setAt] = useState(startAt)
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>('1')
  const [themeCount, setThemeCount] = useState(0)
  const { durationMs, markers, cols, rows } = cast

  useEffect(() => watchTheme(() => setThemeCount((count) => count + 1)), [])
  // A drawing cannot change its colours or its speed. It is drawn again at the same place.
  useEffect(() => {
    if (element.current === null) return undefined
    const drawn = draw(cast, element.current, {
      startAt: wish.current.at,
      isPlaying: wish.current.isPlaying,
      speed: Number(speed),
      onPlaying: (now) => {
        wish.current.isPlaying = now
        setPlaying(now)
      },
      onFailure,
    })
    drawing.current = drawn
    return () => {
      drawing.current = undefined
      drawn.dispose()
    }
  }, [cast, draw, speed, themeCount, onFailure])
  useEffect(() => {
    if (!isPlaying) return undefined
    const timer = setInterval(() => {
      const now = drawing.current?.at()
      if (now === undefined) return
      wish.current.at = now
      setAt(now)
    }, TICK_MS)
    return () => clearInterval(timer)
  }, [isPlaying])

  const seek = (to: number): void => {
    const next = Math.max(0, Math.min(durationMs, to))
    wish.current.at = next
    setAt(next)
    drawing.current?.seek(next)
  }
  const toggle = (): void => {
    if (isPlaying) drawing.current?.pause()
    else {
      if (at >= durationMs) seek(0)
      drawing.current?.play()
    }
  }
  const goTo = (marker: CastMarker | undefined): void => {
    if (marker === undefined) return
    seek(marker.at)
    page.announce(`${positionWords(marker.at)}: ${shownName(marker.label)}`)
  }
  const before = markers.findLast((marker) => marker.at < at - (isPlaying ? AT_MARKER_MS : 1))
  const after = markers.find((marker) => marker.at > at)
  const current = markers.findLast((marker) => marker.at <= at)
  useImperativeHandle(ref, () => ({
    press: ({ key, shiftKey, target }) => {
      const step = shiftKey ? durationMs / 10 : STEP_MS
      const isInSegments = target instanceof Element && target.closest('.segments') !== null
      if (isInSegments) return false
      if (key === ' ' && !(target instanceof HTMLButtonElement)) toggle()
      else if (key === 'ArrowLeft') seek(at - step)
      else if (key === 'ArrowRight') seek(at + step)
      else if (key === '[') goTo(before)
      else if (key === ']') goTo(after)
      else return false
      return true
    },
  }))

  return (
    <>
      <div className="screen-room">
        {/* Letters are at most 20 px, where the recording is small, and at least 9 px: in a smaller room it scrolls. */}
        <div
          className="screen"
          ref={element}
          style={{
            maxWidth: `${cols * MAX_CELL_PX + 24}px`,
            minWidth: `${cols * MIN_CELL_PX}px`,
            minHeight: `${rows * MIN_LINE_PX}px`,
          }}
        />
      </div>
      <div className="controls">
        <IconButton
          icon={isPlaying ? Pause : Play}
          variant="secondary"
          label={isPlaying ? 'Pause' : 'Play'}
          keys={['Space']}
          onClick={toggle}
        />
        <span className="number position">
          {positionWords(at)} <span className="faint">/ {positionWords(durationMs)}</span>
        </span>
        <span className="track">
          <Markers markers={markers} durationMs={durationMs} />
          <input
            type="range"
            aria-label="Position"
            aria-valuetext={`${positionWords(at)} of ${positionWords(durationMs)}`}
            min={0}
            max={Math.max(1, durationMs)}
            step={1}
            value={at}
            onChange={(event) => seek(Number(event.target.value))}
          />
        </span>
        {markers.length > 0 && (
          <>
            <IconButton
              icon={ChevronLeft}
              label="Previous marker"
              keys={['[']}
              reason={before === undefined ? 'There is no marker before this place.' : undefined}
              onClick={() => goTo(before)}
            />
            <span className="marker cut-off faint">
              {current !== undefined && <ForeignName text={current.label} />}
            </span>
            <IconButton
              icon={ChevronRight}
              label="Next marker"
              keys={[']']}
              reason={after === undefined ? 'There is no marker behind this place.' : undefined}
              onClick={() => goTo(after)}
            />
          </>
        )}
        <Segments
          label="Speed"
          value={speed}
          segments={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
          onChange={setSpeed}
        />
      </div>
    </>
  )
}
