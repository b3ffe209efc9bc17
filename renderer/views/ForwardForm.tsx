// The form that opens a forward.

import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { toWireError } from '../../shared/errors'
import { usePage, usePageState } from '../context'
import { readForward, type ForwardFields } from '../forwardform'
import { useNow } from '../now'
import { connectBlock } from '../words'
import { Glyph } from './State'

const EMPTY: ForwardFields = { instanceId: '', remotePort: '', remoteHost: '', localPort: '' }

interface FieldProps {
  readonly name: Exclude<keyof ForwardFields, 'instanceId'>
  readonly label: string
  readonly placeholder: string
  readonly value: string
  readonly isBad: boolean
  readonly isNumber: boolean
  readonly change: (name: keyof ForwardFields, value: string) => void
}

function Field({ name, label, placeholder, value, isBad, isNumber, change }: FieldProps): ReactNode {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        className="input mono"
        name={name}
        value={value}
        placeholder={placeholder}
        inputMode={isNumber ? 'numeric' : 'text'}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={isBad}
        aria-describedby={isBad ? 'forward-error' : undefined}
        onChange={(event) => change(name, event.target.value)}
      />
    </label>
  )
}

/** Asks what to reach and opens it; says in place what kept it from opening. */
export function ForwardForm(): ReactNode {
  const page = usePage()
  const items = usePageState((state) => state.instances.items)
  const prefill = usePageState((state) => state.prefill)
  const nowAt = useNow()
  const [fields, setFields] = useState(EMPTY)
  const [taken, setTaken] = useState(prefill.count)
  const [problem, setProblem] = useState<{ readonly field?: keyof ForwardFields; readonly sentence: string }>()
  const [isOpening, setIsOpening] = useState(false)
  const form = useRef<HTMLFormElement>(null)

  // While drawing, as React advises for state that follows a prop: an effect would draw the old choice first.
  if (taken !== prefill.count) {
    setTaken(prefill.count)
    setFields({ ...fields, instanceId: prefill.instanceId })
    setProblem(undefined)
  }
  useEffect(() => {
    if (prefill.count > 0) form.current?.querySelector<HTMLInputElement>('input[name=remotePort]')?.focus()
  }, [prefill.count])

  const change = (name: keyof ForwardFields, value: string): void => {
    setFields((before) => ({ ...before, [name]: value }))
    setProblem(undefined)
  }

  const open = async (): Promise<void> => {
    const reading = readForward(fields)
    if (reading.kind === 'refused') {
      setProblem(reading)
      form.current?.querySelector<HTMLElement>(`[name=${reading.field}]`)?.focus()
      return
    }
    setIsOpening(true)
    setProblem(undefined)
    try {
      await page.openForward(reading.parameters)
      setFields({ ...EMPTY, instanceId: fields.instanceId })
    } catch (error) {
      const { code, message } = toWireError(error)
      const isPort = code === 'port-in-use' || code === 'port-not-allowed'
      setProblem({ sentence: message, ...(isPort ? { field: 'localPort' } : {}) })
    } finally {
      setIsOpening(false)
    }
  }

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    // `open` answers for its failures itself.
    if (!isOpening) void open()
  }

  const optional = (name: 'remoteHost' | 'localPort' | 'remotePort') => ({
    name,
    value: fields[name],
    isBad: problem?.field === name,
    change,
  })

  return (
    <form className="forward-form" ref={form} onSubmit={submit} noValidate aria-label="New forward">
      <label className="field wide">
        <span>Instance</span>
        <select
          className="input"
          name="instanceId"
          value={fields.instanceId}
          aria-invalid={problem?.field === 'instanceId'}
          aria-describedby={problem?.field === 'instanceId' ? 'forward-error' : undefined}
          onChange={(event) => change('instanceId', event.target.value)}
        >
          <option value="">Choose an instance</option>
          {items.map((instance) => (
            <option key={instance.id} value={instance.id} disabled={connectBlock(instance, nowAt) !== undefined}>
              {instance.name === '' ? instance.id : `${instance.name} (${instance.id})`}
            </option>
          ))}
        </select>
      </label>
      <Field {...optional('remotePort')} label="Remote port" placeholder="8080" isNumber />
      <Field {...optional('localPort')} label="Local port (optional)" placeholder="chosen" isNumber />
      <Field {...optional('remoteHost')} label="Remote host (optional)" placeholder="the instance" isNumber={false} />
      <div className="submit">
        <button type="submit" className="button primary" aria-disabled={isOpening}>
          {isOpening ? 'Opening…' : 'Open forward'}
        </button>
      </div>
      <p className="problem wide" id="forward-error" role="alert">
        {problem !== undefined && (
          <>
            <Glyph tone="failed" />
            {problem.sentence}
          </>
        )}
      </p>
    </form>
  )
}
