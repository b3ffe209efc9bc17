// One journal entry. Opened, it shows everything that is known about the event.

import { ArrowLeftRight, Check, ChevronDown, ChevronRight, Copy } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import type { JournalEntry } from '../../shared/model/journal'
import { Button } from '../parts/controls/Button'
import { useCopy } from '../parts/controls/clipboard'
import { ForeignName, ForeignSentence } from '../parts/text/Foreign'
import { Glyph } from '../parts/Glyph'
import { causeWords, detailsText, localIso, momentWords, secondWords, subjectName } from './journal'

/** The props of a line. */
export interface EntryProps {
  readonly entry: JournalEntry
  /** The destination of the entry's forward; "" if the entry is about no forward or the forward was deleted. */
  readonly destination: string
  /** Opens the entry's forward. Absent: the entry is about no forward. `undefined` as a value: the forward was deleted. */
  readonly onOpenForward?: (() => void) | undefined
  readonly isOpen: boolean
  readonly onToggle: () => void
}

function Details({
  entry,
  id,
  destination,
  onOpenForward,
}: Pick<EntryProps, 'entry' | 'destination' | 'onOpenForward'> & { readonly id: string }): ReactNode {
  const { at, error, facts = {}, subject } = entry
  const { isCopied, copy } = useCopy(detailsText(entry))
  return (
    <div className="details" id={id}>
      <div>
        {error !== undefined && (
          <p>
            <ForeignSentence text={error.message} />
          </p>
        )}
        <div className="buttons">
          {subject.kind === 'forward' && (
            <Button
              size="small"
              icon={ArrowLeftRight}
              reason={onOpenForward === undefined ? 'This forward was deleted.' : undefined}
              onClick={onOpenForward}
            >
              Open forward
            </Button>
          )}
          <Button size="small" variant="quiet" icon={isCopied ? Check : Copy} onClick={copy}>
            {isCopied ? 'Copied' : 'Copy details'}
          </Button>
        </div>
      </div>
      <dl>
        {error !== undefined && (
          <>
            <dt>Code</dt>
            <dd className="mono">{error.code}</dd>
          </>
        )}
        {destination !== '' && (
          <>
            <dt>Destination</dt>
            <dd className="mono">
              <ForeignName text={destination} />
            </dd>
          </>
        )}
        {Object.entries(facts).map(([name, value]) => [
          <dt key={`${name} name`}>
            <ForeignName text={name} />
          </dt>,
          <dd key={`${name} value`} className="mono">
            <ForeignSentence text={value} />
          </dd>,
        ])}
        <dt>Time</dt>
        <dd className="mono">{momentWords(at)}</dd>
      </dl>
    </div>
  )
}

/** A journal entry that opens when pressed. */
export function Entry({ entry, destination, onOpenForward, isOpen, onToggle }: EntryProps): ReactNode {
  const id = useId()
  const Chevron = isOpen ? ChevronDown : ChevronRight
  const name = subjectName(entry)
  const cause = causeWords(entry)
  const code = entry.error?.code
  return (
    <li className={isOpen ? 'entry open' : 'entry'}>
      <button type="button" aria-expanded={isOpen} {...(isOpen ? { 'aria-controls': id } : {})} onClick={onToggle}>
        <time className="mono" dateTime={localIso(entry.at)}>
          {secondWords(entry.at)}
        </time>
        <Glyph tone={entry.tone} label={entry.tone} />
        <span className="text">
          {name !== '' && (
            <b>
              <ForeignName text={name} />
            </b>
          )}{' '}
          <ForeignSentence text={entry.text} />
          {cause !== '' && !isOpen && (
            <span className="because">
              {' '}
              <ForeignSentence text={`${cause}.`} />
            </span>
          )}
        </span>
        <span className="meta mono">
          {destination !== '' && (
            <span className="destination">
              <ForeignName text={destination} />
            </span>
          )}{' '}
          {code !== undefined && <span className="code">{code}</span>}
        </span>
        <Chevron size={14} strokeWidth={1.75} aria-hidden="true" />
      </button>
      {isOpen && <Details entry={entry} id={id} destination={destination} onOpenForward={onOpenForward} />}
    </li>
  )
}
