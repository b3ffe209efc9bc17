// The filter of the sessions: an input that completes keys and their values while a person types.

import { useId, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useFittingText } from '../parts/controls/useFittingText'
import { FilterBox } from '../parts/rows/ListBar'
import { ForeignName } from '../parts/text/Foreign'
import { completionsOf, type Completion, type KnownNames } from './words/filter'

/** The props of the filter. */
export interface FilterProps {
  readonly value: string
  readonly onChange: (value: string) => void
  /** The names that are offered; computed only while the list is open. */
  readonly known: () => KnownNames
  /** Moves the focus from the filter down into the list. */
  readonly onEnterList: () => void
}

const NONE: readonly Completion[] = []

/** The filter. `/` and Ctrl+F focus it, Esc closes the completions and then empties it. */
export function Filter({ value, onChange, known, onEnterList }: FilterProps): ReactNode {
  const { input, placeholder } = useFittingText('Filter by target, owner, reason or id')
  const [isOpen, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const listId = useId()
  const completions = isOpen ? completionsOf(value, known) : NONE
  const optionId = (index: number): string => `${listId}-${index}`
  const take = ({ text }: Completion): void => {
    onChange(text)
    setActive(-1)
  }
  const move = (index: number): void => {
    setActive(index)
    document.querySelector(`[id="${optionId(index)}"]`)?.scrollIntoView({ block: 'nearest' })
  }
  const press = (event: KeyboardEvent): void => {
    const completion = completions[active]
    if (event.key === 'Escape' && completions.length > 0) setOpen(false)
    else if (event.key === 'Escape' && value !== '') onChange('')
    else if (event.key === 'ArrowDown' && completions.length > 0) move(Math.min(active + 1, completions.length - 1))
    else if (event.key === 'ArrowUp' && completions.length > 0) move(Math.max(active - 1, -1))
    else if ((event.key === 'Enter' || event.key === 'Tab') && completion !== undefined) take(completion)
    else if (event.key === 'Enter' || event.key === 'ArrowDown') {
      setOpen(false)
      onEnterList()
    } else return
    event.stopPropagation()
    event.preventDefault()
  }
  return (
    <FilterBox
      role="combobox"
      aria-label="Filter sessions"
      aria-expanded={completions.length > 0}
      aria-controls={listId}
      aria-autocomplete="list"
      {...(active >= 0 ? { 'aria-activedescendant': optionId(active) } : {})}
      ref={input}
      placeholder={placeholder}
      value={value}
      onFocus={() => setOpen(true)}
      onBlur={() => {
        setOpen(false)
        setActive(-1)
      }}
      onType={(text) => {
        setOpen(true)
        setActive(-1)
        onChange(text)
      }}
      onClear={() => onChange('')}
      onKeyDown={press}
    >
      <div
        className="completions"
        id={listId}
        role="listbox"
        aria-label="Completions"
        hidden={completions.length === 0}
      >
        {completions.map((completion, index) => (
          <div
            key={completion.label}
            id={optionId(index)}
            role="option"
            aria-selected={index === active}
            // Not on click: the input would lose the focus first.
            onPointerDown={(event) => {
              event.preventDefault()
              take(completion)
            }}
          >
            <span className="mono">
              <ForeignName text={completion.label} />
            </span>
            <span className="faint cut-off">{completion.detail}</span>
          </div>
        ))}
      </div>
    </FilterBox>
  )
}
