// The parts of the bar above a long list: the filter that leads down into it, and its refresh.

import { ListFilter, RefreshCw, X } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { IconButton } from '../controls/IconButton'
import { useFittingText } from '../controls/useFittingText'

interface FilterBoxProps extends Omit<ComponentProps<'input'>, 'onChange'> {
  readonly value: string
  /** Called as a person types. */
  readonly onType: (value: string) => void
  readonly onClear: () => void
}

/** The input of a filter with its icon and the button that empties it. `children` follow them. */
export function FilterBox({ value, onType, onClear, children, ...input }: FilterBoxProps): ReactNode {
  return (
    <div className="filter">
      <ListFilter size={14} strokeWidth={1.75} aria-hidden="true" />
      <input
        type="text"
        data-view-filter
        spellCheck={false}
        autoComplete="off"
        {...input}
        value={value}
        onChange={(event) => onType(event.target.value)}
      />
      {value !== '' && <IconButton size="small" icon={X} label="Clear filter" onClick={onClear} />}
      {children}
    </div>
  )
}

interface RowFilterProps {
  readonly label: string
  /** What can be typed. Shortened to what fits. */
  readonly placeholder: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** Moves the focus down into the list. */
  readonly onEnterList: () => void
}

/** The filter. `/` and Ctrl+F focus it, Esc empties it, Enter and the down arrow go to the list. */
export function RowFilter(props: RowFilterProps): ReactNode {
  const { label, value, onChange, onEnterList } = props
  const { input, placeholder } = useFittingText(props.placeholder)
  return (
    <FilterBox
      aria-label={label}
      ref={input}
      placeholder={placeholder}
      value={value}
      onType={onChange}
      onClear={() => onChange('')}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && value !== '') {
          event.stopPropagation()
          onChange('')
        }
        if (event.key === 'ArrowDown' || event.key === 'Enter') {
          event.preventDefault()
          onEnterList()
        }
      }}
    />
  )
}

interface RefreshProps {
  readonly isLoading: boolean
  /** What is listed: "instances". */
  readonly noun: string
  readonly onRefresh: () => void
}

/** The refresh, which turns while the list is loading. */
export function Refresh({ isLoading, noun, onRefresh }: RefreshProps): ReactNode {
  return (
    <IconButton
      icon={RefreshCw}
      label={isLoading ? 'Listing' : 'Refresh'}
      keys={['R']}
      className={isLoading ? 'turning' : ''}
      reason={isLoading ? `The ${noun} are being listed.` : undefined}
      onClick={onRefresh}
    />
  )
}
