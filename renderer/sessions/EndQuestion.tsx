// Asks whether to end sessions, with their names and number, and tells which ones AWS refused to end.

import { Copy } from 'lucide-react'
import { useRef, useState, type ReactNode } from 'react'
import type { AccountSession, CancelOutcome } from '../../shared/model/accountsession'
import { toWireError } from '../../shared/errors'
import { usePage } from '../context'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { useCopy } from '../parts/controls/clipboard'
import { Dialog } from '../parts/floats/Dialog'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { consequences, endingOf, refusalLines, requestsOf, titleWords, type Ending } from './words/ending'
import { sessionsWords } from './words/states'

/** The props of the question. */
export interface EndQuestionProps {
  readonly sessions: readonly AccountSession[]
  readonly onClose: () => void
  /** AWS has begun to end some of them. */
  readonly onEnding: () => void
}

type Progress =
  | { readonly kind: 'asking' }
  | { readonly kind: 'ending'; readonly askedCount: number }
  | { readonly kind: 'refused'; readonly outcomes: readonly CancelOutcome[]; readonly endedCount: number }

function Names({ ending }: { readonly ending: Ending }): ReactNode {
  const { sessions, named, moreCount } = ending
  return (
    <>
      {sessions.length > 1 && (
        <ul className="named">
          {named.map((name, index) => (
            <li key={sessions[index]?.id ?? name} className="cut-off">
              <ForeignName text={name} />
            </li>
          ))}
          {moreCount > 0 && <li className="faint">and {moreCount.toLocaleString('en')} more</li>}
        </ul>
      )}
      {consequences(ending).map((sentence) => (
        <p key={sentence}>
          <ForeignSentence text={sentence} />
        </p>
      ))}
      {sessions.length === 1 && consequences(ending).length === 0 && <p>What runs in it is stopped.</p>}
    </>
  )
}

function Refusals({ outcomes }: { readonly outcomes: readonly CancelOutcome[] }): ReactNode {
  const lines = refusalLines(outcomes)
  const { isCopied, copy } = useCopy(lines.join('\n'), lines.length === 1 ? 'the cause' : 'the causes')
  return (
    <>
      {/* A list that scrolls must be reachable by keys. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <ul className="refusals" tabIndex={0} aria-label="Sessions that were not ended">
        {lines.map((line) => (
          <li key={line}>
            <ForeignSentence text={line} />
          </li>
        ))}
      </ul>
      <Button size="small" icon={Copy} onClick={copy}>
        {isCopied ? 'Copied' : 'Copy'}
      </Button>
    </>
  )
}

/** The question. Once all are ended it closes by itself; the list shows "Ending" until AWS says that they have ended. */
export function EndQuestion({ sessions, onClose, onEnding }: EndQuestionProps): ReactNode {
  const page = usePage()
  const [progress, setProgress] = useState<Progress>({ kind: 'asking' })
  // What was asked about stays the same while the list changes.
  const [ending] = useState(() => endingOf(sessions))
  const keep = useRef<HTMLButtonElement>(null)
  if (ending === undefined) return null
  const end = async (turnOff: boolean): Promise<void> => {
    const outcomes: CancelOutcome[] = []
    for (const some of requestsOf(ending.sessions)) {
      setProgress({ kind: 'ending', askedCount: outcomes.length })
      const asked = some.map(({ id, place }) => ({ environment: place.ref, sessionId: id }))
      try {
        outcomes.push(...(await page.request('sessions.cancel', { sessions: asked, turnOff })).outcomes)
      } catch (error) {
        const refused = toWireError(error)
        outcomes.push(...some.map(({ id, place }) => ({ place, sessionId: id, error: refused })))
      }
    }
    const endedCount = outcomes.filter(({ error }) => error === undefined).length
    if (endedCount > 0) {
      onEnding()
      page.announce(`${sessionsWords(endedCount)} ${endedCount === 1 ? 'is' : 'are'} ending.`)
    }
    if (endedCount === outcomes.length) onClose()
    else setProgress({ kind: 'refused', outcomes, endedCount })
  }
  if (progress.kind === 'refused') {
    const { outcomes, endedCount } = progress
    const refusedCount = outcomes.length - endedCount
    return (
      <Dialog
        title={`${sessionsWords(refusedCount)} ${refusedCount === 1 ? 'was' : 'were'} not ended`}
        isNarrow
        onClose={onClose}
      >
        <div className="body ending">
          {endedCount > 0 && (
            <p>
              {sessionsWords(endedCount)} of {outcomes.length.toLocaleString('en')} {endedCount === 1 ? 'is' : 'are'}{' '}
              ending.
            </p>
          )}
          <Refusals outcomes={outcomes} />
        </div>
        <footer>
          <Button size="large" onClick={onClose}>
            Close
          </Button>
        </footer>
      </Dialog>
    )
  }
  const isBusy = progress.kind === 'ending'
  const reason = isBusy ? 'AWS is being asked.' : undefined
  const isMany = ending.sessions.length > 1
  return (
    <Dialog title={titleWords(ending)} isNarrow onClose={onClose} firstFocus={keep}>
      <div className="body ending">
        <Names ending={ending} />
        {isBusy && (
          <Banner tone="working" title="Ending.">
            {isMany ? `${progress.askedCount} of ${ending.sessions.length} asked.` : 'AWS is being asked.'}
          </Banner>
        )}
      </div>
      <footer>
        <Button size="large" ref={keep} onClick={onClose}>
          {isMany ? 'Keep sessions' : 'Keep session'}
        </Button>
        {ending.forwards.length > 0 && (
          <Button size="large" reason={reason} onClick={() => void end(true)}>
            {ending.forwards.length === 1 ? 'Turn off the forward' : 'Turn off the forwards'}
          </Button>
        )}
        <Button size="large" variant="danger" reason={reason} onClick={() => void end(false)}>
          {isMany ? `End ${sessionsWords(ending.sessions.length)}` : 'End session'}
        </Button>
      </footer>
    </Dialog>
  )
}
