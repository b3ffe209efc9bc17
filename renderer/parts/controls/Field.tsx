// A form field: label, control, and one sentence below. Also the text inputs used in fields and in the bars of views.

import { Search, X } from 'lucide-react'
import { useId, type ComponentProps, type ReactNode } from 'react'
import { shownName } from '../../../shared/foreigntext'
import { ForeignName, ForeignSentence, Said } from '../text/Foreign'
import { Glyph } from '../Glyph'
import { useFittingText } from './useFittingText'

/** The attributes that connect a control to its label and its sentence. */
export interface FieldControl {
  readonly id: string
  readonly 'aria-invalid': boolean
  readonly 'aria-describedby': string
}

/** The props of a field. */
export interface FieldProps {
  readonly label: ReactNode
  /** A hint; a problem replaces it. */
  readonly hint?: ReactNode
  /** The problem, as a sentence. */
  readonly problem?: string | undefined
  readonly children: (control: FieldControl) => ReactNode
}

/** A label, a control and a sentence. */
export function Field({ label, hint, problem, children }: FieldProps): ReactNode {
  const id = useId()
  const said = `${id}-said`
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-invalid': problem !== undefined, 'aria-describedby': said })}
      <div className={problem === undefined ? 'hint' : 'hint bad'} id={said}>
        {problem === undefined ? (
          <Said>{hint}</Said>
        ) : (
          <>
            <Glyph tone="failed" size="small" />
            <span>
              <ForeignSentence text={problem} />
            </span>
          </>
        )}
      </div>
    </div>
  )
}

/** The props of a text input; the others are those of the native input. */
export interface TextInputProps extends Omit<ComponentProps<'input'>, 'onChange' | 'prefix' | 'size'> {
  readonly value: string
  readonly onChange: (value: string) => void
  /** Faint text before the typed text: "localhost:". */
  readonly prefix?: string
  readonly isMono?: boolean
}

/** A text input, 32 px high. Without spell checking and autocompletion, because the values are names, hosts and ports. */
export function TextInput({ value, onChange, prefix, isMono = false, ...rest }: TextInputProps): ReactNode {
  return (
    <span className={`input large ${isMono ? 'mono' : ''}`}>
      {prefix !== undefined && (
        <span className="prefix" aria-hidden="true">
          {prefix}
        </span>
      )}
      <input
        type="text"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        {...rest}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </span>
  )
}

/** The props of a text field. What is not named here goes to the input: `name`, `placeholder`, `maxLength`, `ref`. */
export interface TextFieldProps extends TextInputProps, Omit<FieldProps, 'children'> {}

/** A field with a text of one line. */
export function TextField({ label, hint, problem, ...input }: TextFieldProps): ReactNode {
  return (
    <Field label={label} hint={hint} problem={problem}>
      {(control) => <TextInput {...control} {...input} />}
    </Field>
  )
}

/** The props of a filter. */
export interface FilterInputProps {
  /** Its accessible name: "Filter forwards". */
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** Tokens before the typed text; they filter as well. */
  readonly tokens?: ReactNode
  /** Backspace in the empty input removes the last token. */
  readonly onTakeToken?: () => void
}

/** The filter input of a view's bar, focused by the filter key. Esc empties it. */
export function FilterInput(props: FilterInputProps): ReactNode {
  const { label, value, onChange, tokens, onTakeToken } = props
  const { input, placeholder } = useFittingText(props.placeholder)
  return (
    <span className="input quiet filter">
      <Search size={14} strokeWidth={1.75} aria-hidden="true" />
      {tokens}
      <input
        ref={input}
        type="search"
        data-view-filter
        aria-label={label}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') {
            event.preventDefault()
            event.stopPropagation()
            onChange('')
          }
          if (event.key === 'Backspace' && value === '') onTakeToken?.()
        }}
      />
    </span>
  )
}

/** A word in a filter that is removed by a press. */
export function Token({ text, onTake }: { readonly text: string; readonly onTake: () => void }): ReactNode {
  return (
    <button type="button" className="token" aria-label={`Remove the filter ${shownName(text)}`} onClick={onTake}>
      <span>
        <ForeignName text={text} />
      </span>
      <X size={12} strokeWidth={2} aria-hidden="true" />
    </button>
  )
}
