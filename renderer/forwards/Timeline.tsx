// The newest journal entries of one forward.

import { useEffect, type ReactNode } from 'react'
import { clockWords } from '../../shared/status'
import { filterJournal, groupByDay } from '../activity/journal'
import { usePage, usePageState } from '../context'
import { Button } from '../parts/controls/Button'
import { ForeignSentence } from '../parts/text/Foreign'
import { Glyph } from '../parts/Glyph'
import { sentenceOf } from './words/moments'

/** Older entries are in the Activity view. */
const MOST_LINES = 8

/** The "Recent activity" section of a detail. Loads the journal if it was not loaded yet. */
export function Timeline({ forwardId }: { readonly forwardId: string }): ReactNode {
  const page = usePage()
  const nowAt = usePageState((state) => state.nowAt)
  const { entries, state } = usePageState(({ journal }) => journal)
  const isUnread = state.kind === 'idle'
  useEffect(() => {
    if (isUnread) void page.loadJournal()
  }, [page, isUnread])

  const lines = filterJournal(entries, { segment: 'all', text: '', forwardId }).slice(0, MOST_LINES)
  const days = groupByDay(lines, nowAt)
  return (
    <section className="part">
      <h3>
        Recent activity
        <Button size="small" variant="quiet" onClick={() => page.filterActivity(forwardId)}>
          Show all
        </Button>
      </h3>
      {days.map(({ key, title, date, entries: ofDay }) => (
        <div key={key}>
          {title !== 'Today' && <h4>{title === 'Yesterday' ? title : date}</h4>}
          <ol className="timeline">
            {ofDay.map((entry) => (
              <li key={entry.id}>
                <time className="mono" dateTime={new Date(entry.at).toISOString()}>
                  {clockWords(entry.at)}
                </time>
                <Glyph tone={entry.tone} label={entry.tone} />
                <div>
                  <b>
                    <ForeignSentence text={sentenceOf(entry.text)} />
                  </b>
                  {entry.error !== undefined && (
                    <p>
                      <ForeignSentence text={entry.error.message} />
                    </p>
                  )}
                </div>
              </li>
            ))}
          </ol>
        </div>
      ))}
      {lines.length === 0 && state.kind === 'ready' && <p className="advice">No activity yet.</p>}
      {state.kind === 'failed' && (
        <p className="advice">
          The log could not be read. <ForeignSentence text={state.error.message} />
        </p>
      )}
    </section>
  )
}
