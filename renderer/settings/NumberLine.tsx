// A line of the settings with a whole number.

import { useId, useState, type FormEvent, type ReactNode } from 'react'
import { SETTING_RANGES, type NumberSetting, type Settings } from '../../shared/settings'
import { usePage } from '../context'
import { Glyph } from '../parts/Glyph'
import { TextInput } from '../parts/controls/Field'
import { readSetting } from './numbers'
import { Line } from './Line'

/** The props of the line. */
export interface NumberLineProps {
  readonly name: NumberSetting
  readonly title: string
  readonly text: string
  /** "s", "min", "px", "lines". */
  readonly unit: string
  readonly settings: Settings
}

/** A whole number with its unit. Saved on Enter and on blur; an invalid text stays in the input, with the reason. */
export function NumberLine({ name, title, text, unit, settings }: NumberLineProps): ReactNode {
  const page = usePage()
  const id = useId()
  const said = `${id}-said`
  const saved = String(settings[name])
  const [typed, setTyped] = useState<string | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const [from, to] = SETTING_RANGES[name]
  const save = async (): Promise<void> => {
    if (typed === undefined) return
    const reading = readSetting(name, typed, settings)
    if (reading.kind === 'refused') return setProblem(reading.sentence)
    setTyped(undefined)
    await page.ask('settings.set', { [name]: reading.value })
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void save()
  }
  return (
    <Line
      title={<label htmlFor={id}>{title}</label>}
      text={
        problem === undefined ? (
          <span id={said}>
            {text} {from} to {to} {unit}.
          </span>
        ) : (
          <span id={said} className="hint bad" role="alert">
            <Glyph tone="failed" size="small" />
            <span>{problem}</span>
          </span>
        )
      }
    >
      <form className="number" noValidate onSubmit={submit}>
        <TextInput
          id={id}
          isMono
          inputMode="numeric"
          maxLength={6}
          aria-invalid={problem !== undefined}
          aria-describedby={said}
          value={typed ?? saved}
          onBlur={() => void save()}
          onChange={(value) => {
            setTyped(value)
            setProblem(undefined)
          }}
        />
        <span className="unit">{unit}</span>
      </form>
    </Line>
  )
}
