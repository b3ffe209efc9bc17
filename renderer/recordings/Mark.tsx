// The red mark of a terminal that is recorded, and what its status line says about recording and drains.

import './mark.css'
import type { ReactNode } from 'react'
import { shownSentence } from '../../shared/foreigntext'
import type { TerminalView } from '../../shared/model/terminal'
import { Tooltip } from '../parts/floats/Tooltip'
import { ForeignSentence } from '../parts/text/Foreign'
import { drainsWords, markWords } from './words'

/** The mark. `label`: for screen readers, where no word beside it says what it means. */
export function RecordingDot({ label }: { readonly label?: string }): ReactNode {
  const said = label === undefined ? ({ 'aria-hidden': true } as const) : { role: 'img', 'aria-label': label }
  return <i className="recording-dot" {...said} />
}

/** For a tab: the mark where one of its terminals is recorded. The tab's own label says it to screen readers. */
export function TabMark({ views }: { readonly views: readonly (TerminalView | undefined)[] }): ReactNode {
  return views.some((view) => view?.recording !== undefined) && <RecordingDot />
}

/** For a status line: that the terminal is recorded, since when and where, and which drains get its output. */
export function CaptureNote({ view }: { readonly view: TerminalView }): ReactNode {
  const { recording, drains = [] } = view
  return (
    <>
      {recording !== undefined && (
        <Tooltip text={shownSentence(markWords(recording))}>
          {/* Reached by Tab for its tooltip: a mark alone says nothing of the file. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <span className={recording.problem === undefined ? 'capture' : 'capture bad'} tabIndex={0}>
            <RecordingDot /> {recording.problem === undefined ? 'Recorded' : 'Recorded with gaps'}
          </span>
        </Tooltip>
      )}
      {drains.length > 0 && (
        <span className="drains cut-off" title={shownSentence(drainsWords(drains))}>
          <ForeignSentence text={drainsWords(drains)} />
        </span>
      )}
    </>
  )
}
