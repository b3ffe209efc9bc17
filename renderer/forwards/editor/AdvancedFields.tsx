// The session document of a forward and its parameters: collapsed behind one button, because most forwards use AWS's document.
//
// Where the document may be read, each of its parameters has a field; those of the destination are filled in by the core.
// Otherwise all parameters are typed in one line.

import { ChevronDown, ChevronRight } from 'lucide-react'
import { useId, type ReactNode, type RefObject } from 'react'
import type { DocumentParameter } from '../../../shared/model/document'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { Button } from '../../parts/controls/Button'
import { Field, TextInput } from '../../parts/controls/Field'
import { ForeignName, ForeignSentence } from '../../parts/text/Foreign'
import { shownName } from '../../../shared/foreigntext'
import { valueIn, withValue } from './parameters'
import { useDocument, type DocumentKnown } from './useDocument'
import type { Form } from './useForm'

/** The props of the button. */
export interface AdvancedButtonProps {
  readonly form: Form
  readonly isOpen: boolean
  /** The id of the element with the fields. */
  readonly controls: string
  readonly onToggle: () => void
}

/** Opens and closes the fields. While they are closed, the button names the document. */
export function AdvancedButton({ form, isOpen, controls, onToggle }: AdvancedButtonProps): ReactNode {
  const name = form.fields.document.trim()
  return (
    <Button
      variant="quiet"
      icon={isOpen ? ChevronDown : ChevronRight}
      aria-expanded={isOpen}
      {...(isOpen ? { 'aria-controls': controls } : {})}
      onClick={onToggle}
    >
      {isOpen || name === '' ? 'Advanced' : `Advanced: ${shownName(name)}`}
    </Button>
  )
}

/** The props of the fields. */
export interface AdvancedFieldsProps {
  readonly form: Form
  readonly id: string
  /** Where the document is read; undefined: the shown environment. */
  readonly environment: EnvironmentRef | undefined
  readonly documentInput: RefObject<HTMLInputElement | null>
  readonly parametersInput: RefObject<HTMLInputElement | null>
}

function documentHint(known: DocumentKnown): string {
  if (known.kind !== 'read') return "Empty: the environment's document, or AWS's."
  const filled = known.document.parameters
    .filter(({ role }) => role === 'port' || role === 'host')
    .map(({ name }) => name)
  return filled.length === 0 ? 'It has a destination of its own.' : `The destination fills ${filled.join(' and ')}.`
}

/** Why no forward can use the document, or why it could not be read; undefined where it fits or nothing is known. */
function documentProblem(known: DocumentKnown): string | undefined {
  if (known.kind === 'unread') return known.error.message
  if (known.kind === 'unknown' || isPort(known)) return undefined
  return `It is of type ${known.document.sessionType} and forwards no port. Name one of type Port.`
}

function isPort(known: DocumentKnown): boolean {
  return known.kind === 'read' && known.document.sessionType === 'Port'
}

function parameterHint({ allowedValues, allowedPattern, description, default: usual }: DocumentParameter): string {
  const rule =
    allowedValues !== undefined ? `One of ${allowedValues.join(', ')}.` : allowedPattern && `Pattern ${allowedPattern}`
  const need = usual === undefined ? 'Required.' : `Empty: ${usual.join(',')}.`
  return [description, need, rule].filter((part) => part !== undefined && part !== '').join(' ')
}

function ParameterField({
  parameter,
  form,
}: {
  readonly parameter: DocumentParameter
  readonly form: Form
}): ReactNode {
  const list = useId()
  const { name, isList, allowedValues, default: usual } = parameter
  const { parameters } = form.fields
  return (
    <Field label={<ForeignName text={name} />} hint={<ForeignSentence text={parameterHint(parameter)} />}>
      {(control) => (
        <>
          <TextInput
            {...control}
            isMono
            placeholder={shownName(usual?.join(',') ?? '')}
            value={valueIn(parameters, name)}
            onChange={(text) => form.change({ parameters: withValue(parameters, name, { text, isList }) })}
            {...(allowedValues === undefined ? {} : { list })}
          />
          {allowedValues !== undefined && (
            <datalist id={list}>
              {allowedValues.map((value) => (
                <option key={value} value={value}>
                  {shownName(value)}
                </option>
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  )
}

/** The document and its parameters. */
export function AdvancedFields(props: AdvancedFieldsProps): ReactNode {
  const { form, id, environment, documentInput, parametersInput } = props
  const { document, parameters } = form.fields
  const known = useDocument(document.trim(), environment)
  const offered =
    known.kind === 'read' && isPort(known) ? known.document.parameters.filter(({ role }) => role === undefined) : []
  const isTyped = document.trim() !== '' && known.kind !== 'read'
  return (
    <div className="fields" id={id}>
      <Field
        label="Session document (optional)"
        hint={<ForeignSentence text={documentHint(known)} />}
        problem={form.problemOf('document') ?? documentProblem(known)}
      >
        {(control) => (
          <TextInput
            {...control}
            ref={documentInput}
            isMono
            maxLength={128}
            placeholder="AWS-StartPortForwardingSession"
            value={document}
            onChange={(text) => form.change({ document: text })}
          />
        )}
      </Field>
      {isTyped && (
        <Field
          label="Its parameters (optional)"
          hint="Such as site=orders; zone=eu. Empty: the destination as AWS's documents name it."
          problem={form.problemOf('parameters')}
        >
          {(control) => (
            <TextInput
              {...control}
              ref={parametersInput}
              isMono
              value={parameters}
              onChange={(text) => form.change({ parameters: text })}
            />
          )}
        </Field>
      )}
      {offered.map((parameter) => (
        <ParameterField key={parameter.name} parameter={parameter} form={form} />
      ))}
    </div>
  )
}
