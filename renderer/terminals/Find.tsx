// The find bar of a terminal: the search text, its options, and the number of matches. It floats above the pane.

import { CaseSensitive, ChevronDown, ChevronUp, Regex, Search, X } from 'lucide-react'
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { IconButton } from '../parts/controls/IconButton'
import type { Finder } from './screen/find'
import { queryProblem, resultWords, type FindResults, type Query } from './words'

/** The props of the bar. */
export interface FindBarProps {
  readonly finder: Finder
  /** Counts the requests to open the bar: each one focuses it. */
  readonly wish: number
  /** The text selected in the terminal, which is searched for at once. */
  readonly selection: string
  /** Called after the marks were removed. */
  readonly onClose: () => void
}

/** The find bar. Enter goes to the next match, Shift+Enter to the previous one, Esc closes. */
export function FindBar({ finder, wish, selection, onClose }: FindBarProps): ReactNode {
  const input = useRef<HTMLInputElement>(null)
  const [query, setQuery] = useState<Query>({
    text: selection.includes('\n') ? '' : selection,
    isCaseSensitive: false,
    isRegex: false,
  })
  const [results, setResults] = useState<FindResults>({ index: -1, count: 0 })
  const problem = queryProblem(query)

  useEffect(() => finder.onResults(setResults), [finder])
  useEffect(() => finder.find(query, 'newest'), [finder, query])
  useEffect(() => () => finder.end(), [finder])
  useEffect(() => {
    input.current?.focus()
    input.current?.select()
  }, [wish])

  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault()
      onClose()
    }
    if (event.key === 'Enter' && event.target === input.current) {
      event.preventDefault()
      finder.find(query, event.shiftKey ? 'previous' : 'next')
    }
  }
  const words = problem === undefined ? resultWords(query, results) : ''
  const reason = query.text === '' || problem !== undefined ? 'Enter what to find first' : undefined

  return (
    // Esc closes the bar wherever the focus is in it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div className="find" role="search" aria-label="Find in the terminal" onKeyDown={press}>
      <div className="row">
        <span className="input mono">
          <Search size={14} strokeWidth={1.75} aria-hidden="true" />
          <input
            ref={input}
            type="text"
            aria-label="Find"
            placeholder="Find"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={1_000}
            aria-invalid={problem !== undefined}
            value={query.text}
            onChange={(event) => setQuery({ ...query, text: event.target.value })}
          />
        </span>
        <span className="number" role="status">
          {words}
        </span>
        <IconButton
          size="small"
          icon={CaseSensitive}
          label="Match case"
          aria-pressed={query.isCaseSensitive}
          onClick={() => setQuery({ ...query, isCaseSensitive: !query.isCaseSensitive })}
        />
        <IconButton
          size="small"
          icon={Regex}
          label="Regular expression"
          aria-pressed={query.isRegex}
          onClick={() => setQuery({ ...query, isRegex: !query.isRegex })}
        />
        <i className="rule" />
        <IconButton
          size="small"
          icon={ChevronUp}
          label="Previous match"
          keys={['Shift', 'Enter']}
          reason={reason}
          onClick={() => finder.find(query, 'previous')}
        />
        <IconButton
          size="small"
          icon={ChevronDown}
          label="Next match"
          keys={['Enter']}
          reason={reason}
          onClick={() => finder.find(query, 'next')}
        />
        <IconButton size="small" icon={X} label="Close the find bar" keys={['Esc']} onClick={onClose} />
      </div>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}
