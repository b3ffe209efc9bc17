// A line of the settings with a short text: a name or a host.

import { useId, useState, type FormEvent, type ReactNode } from 'react'
import { TextInput } from '../parts/controls/Field'
import { Glyph } from '../parts/Glyph'
import { ForeignSentence } from '../parts/text/Foreign'
import { Line } from './Line'

/** The props of the line. */
export interface TextLineProps {
  readonly title: string
  readonly text: string
  readonly placeholder: string
  readonly maxLength: number
  /** The saved text; "" for none. */
  readonly saved: string
  /** What is wrong with a text, as a sentence; undefined if it can be saved. Not asked for "". */
  readonly problemOf: (text: string) => string | undefined
  readonly onSave: (text: string) => void
}

/** A text, saved on Enter and on blur. An invalid one stays in the input, with the reason. */
export function TextLine(props: TextLineProps): ReactNode {
  const { title, text, placeholder, maxLength, saved, problemOf, onSave } = props
  const id = useId()
  const said = `${id}-said`
  const [typed, setTyped] = useState<string | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const save = (): void => {
    if (typed === undefined) return
    const next = typed.trim()
    const wrong = next === '' ? undefined : problemOf(next)
    setProblem(wrong)
    if (wrong !== undefined) return
    setTyped(undefined)
    if (next !== saved) onSave(next)
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    save()
  }
  return (
    <Line
      title={<label htmlFor={id}>{title}</label>}
      text={
        problem === undefined ? (
          <span id={said}>{text}</span>
        ) : (
          <span id={said} className="hint bad" role="alert">
            <Glyph tone="failed" size="small" />
            <span>
              <ForeignSentence text={problem} />
            </span>
          </span>
        )
      }
    >
      <form className="name" noValidate onSubmit={submit}>
        <TextInput
          id={id}
          isMono
          maxLength={maxLength}
          placeholder={placeholder}
          aria-invalid={problem !== undefined}
          aria-describedby={said}
          value={typed ?? saved}
          onBlur={save}
          onChange={(next) => {
            setTyped(next)
            setProblem(undefined)
          }}
        />
      </form>
    </Line>
  )
}
