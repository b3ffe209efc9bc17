// The limits of a forward: collapsed behind one button, because most forwards have none.

import { ChevronDown, ChevronRight } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { Button } from '../../parts/controls/Button'
import { Field, TextInput } from '../../parts/controls/Field'
import { limitWords, minutesText, readConnections, readMinutes } from './limits'
import type { Form } from './useForm'

/** The props of the button. */
export interface LimitsButtonProps {
  readonly form: Form
  readonly isOpen: boolean
  /** The id of the element with the fields. */
  readonly controls: string
  readonly onToggle: () => void
}

/** Opens and closes the fields. While they are closed, the button shows their values. */
export function LimitsButton({ form, isOpen, controls, onToggle }: LimitsButtonProps): ReactNode {
  const words = limitWords(readMinutes(form.fields.expiresAfter), readConnections(form.fields.maxConnections))
  return (
    <Button
      variant="quiet"
      icon={isOpen ? ChevronDown : ChevronRight}
      aria-expanded={isOpen}
      {...(isOpen ? { 'aria-controls': controls } : {})}
      onClick={onToggle}
    >
      {isOpen || words === '' ? 'Limits' : `Limits: ${words}`}
    </Button>
  )
}

/** The props of the fields. */
export interface LimitFieldsProps {
  readonly form: Form
  readonly id: string
  readonly timeInput: RefObject<HTMLInputElement | null>
  readonly countInput: RefObject<HTMLInputElement | null>
}

/** Both fields, side by side. */
export function LimitFields({ form, id, timeInput, countInput }: LimitFieldsProps): ReactNode {
  const { expiresAfter, maxConnections } = form.fields
  const minutes = readMinutes(expiresAfter)
  const connections = readConnections(maxConnections)
  return (
    <div className="fields" id={id}>
      <Field
        label="Turn off after (optional)"
        hint={
          minutes === undefined
            ? 'Empty: it stays on until you turn it off.'
            : `Turns itself off ${minutesText(minutes)} after its start.`
        }
        problem={form.problemOf('expiresAfter')}
      >
        {(control) => (
          <TextInput
            {...control}
            ref={timeInput}
            placeholder="45 min, 8 h"
            value={expiresAfter}
            onChange={(text) => form.change({ expiresAfter: text })}
          />
        )}
      </Field>
      <Field
        label="Connections at a time (optional)"
        hint={connections === undefined ? 'Empty: no limit.' : 'Further connections are refused.'}
        problem={form.problemOf('maxConnections')}
      >
        {(control) => (
          <TextInput
            {...control}
            ref={countInput}
            isMono
            inputMode="numeric"
            placeholder="no limit"
            value={maxConnections}
            onChange={(text) => form.change({ maxConnections: text })}
          />
        )}
      </Field>
    </div>
  )
}
