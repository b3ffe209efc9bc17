// The destination of a forward as seen from its instance or task: a host, or the instance or task itself, and a port. Two inputs, one label.

import { useId, type ReactNode, type RefObject } from 'react'
import { TextInput } from '../../parts/controls/Field'
import { ForeignName, ForeignSentence } from '../../parts/text/Foreign'
import { Glyph } from '../../parts/Glyph'
import type { Form } from './useForm'

/** The props of the field. */
export interface DestinationFieldProps {
  readonly form: Form
  /** The name of the instance; "" while none is chosen. */
  readonly instance: string
  /** What the forward goes through. The containers of a task usually share its network. */
  readonly noun: 'instance' | 'task'
  readonly hostInput: RefObject<HTMLInputElement | null>
  readonly portInput: RefObject<HTMLInputElement | null>
}

/** Host and port. A pasted address is split into both when the host input loses the focus. */
export function DestinationField(props: DestinationFieldProps): ReactNode {
  const { form, instance, noun, hostInput, portInput } = props
  const id = useId()
  const { remoteHost, remotePort } = form.fields
  const hostProblem = form.problemOf('remoteHost')
  const portProblem = form.problemOf('remotePort')
  const problems = [hostProblem, portProblem].filter((problem) => problem !== undefined)
  const said = `${id}-said`
  return (
    <div className="field" role="group" aria-labelledby={id}>
      <span className="label" id={id}>
        Destination, as {instance === '' ? 'the instance' : <ForeignName text={instance} />} sees it
      </span>
      <div className="destination">
        <TextInput
          ref={hostInput}
          isMono
          aria-label="Host"
          aria-invalid={hostProblem !== undefined}
          aria-describedby={said}
          placeholder={`the ${noun} itself`}
          value={remoteHost}
          onChange={(text) => form.change({ remoteHost: text })}
          onBlur={() => form.tidy()}
        />
        <TextInput
          ref={portInput}
          isMono
          aria-label="Port"
          aria-invalid={portProblem !== undefined}
          aria-describedby={said}
          inputMode="numeric"
          placeholder="port"
          value={remotePort}
          onChange={(text) => form.change({ remotePort: text })}
        />
      </div>
      <div id={said}>
        {problems.length === 0 && <p className="hint">Leave the host empty for a port on the {noun} itself.</p>}
        {problems.map((problem) => (
          <p key={problem} className="hint bad">
            <Glyph tone="failed" size="small" />
            <span>
              <ForeignSentence text={problem} />
            </span>
          </p>
        ))}
      </div>
    </div>
  )
}
