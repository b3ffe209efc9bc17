// One line of the journal; opened it tells everything that is known.

import { Check, ChevronDown, ChevronRight, Copy } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import type { JournalEntry } from '../../shared/model'
import { Button } from '../parts/Button'
import { useCopy } from '../parts/clipboard'
import { ForeignName, ForeignSentence } from '../parts/Foreign'
import { Glyph } from '../parts/Glyph'
import { detailsText, secondWords, subjectName } from './journal'

/** What a line is told. */
export interface EntryProps {
  readonly entry: JournalEntry
  readonly isOpen: boolean
  readonly onToggle: () => void
}

function Details({ entry, id }: { readonly entry: JournalEntry; readonly id: string }): ReactNode {
  const { at, error, facts = {} } = entry
  const { isCopied, copy } = useCopy(detailsText(entry))
  return (
    <div className="details" id={id}>
      <div>
        {error !== undefined && (
          <p>
            <ForeignSentence text={error.message} />
          </p>
        )}
        <Button size="small" variant="quiet" icon={isCopied ? Check : Copy} onClick={copy}>
          {isCopied ? 'Copied' : 'Copy details'}
        </Button>
      </div>
      <dl>
        {error !== undefined && (
          <>
            <dt>Code</dt>
            <dd className="mono">{error.code}</dd>
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
        <dd className="mono">{new Date(at).toISOString()}</dd>
      </dl>
    </div>
  )
}

/** A line that opens on a press. */
export function Entry({ entry, isOpen, onToggle }: EntryProps): ReactNode {
  const id = useId()
  const Chevron = isOpen ? ChevronDown : ChevronRight
  const name = subjectName(entry)
  return (
    <li className={isOpen ? 'entry open' : 'entry'}>
      <button type="button" aria-expanded={isOpen} {...(isOpen ? { 'aria-controls': id } : {})} onClick={onToggle}>
        <time className="mono" dateTime={new Date(entry.at).toISOString()}>
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
        </span>
        <Chevron size={14} strokeWidth={1.75} aria-hidden="true" />
      </button>
      {isOpen && <Details entry={entry} id={id} />}
    </li>
  )
}
