// The state of the form of a drain: the typed fields, their problems, and sending them.
//
// When the core refuses the request, the typed fields are kept.

import { useState } from 'react'
import { toWireError, type WireError } from '../../shared/errors'
import type { Drain, SecretPlace } from '../../shared/model/drain'
import type { EnvironmentRef } from '../../shared/model/environment'
import { usePage } from '../context'
import {
  BLANK_DRAIN,
  DRAIN_FIELDS,
  drainFormOf,
  readDrain,
  type DrainField,
  type DrainForm,
  type SecretField,
  type SecretName,
} from './form'

/** The form as its dialog uses it. */
export interface DrainFormState {
  readonly form: DrainForm
  /** Whether the person has made changes that closing would lose. */
  readonly isChanged: boolean
  readonly isSending: boolean
  /** The core's error, if it belongs to no field. */
  readonly failure: WireError | undefined
  /** The problem of a field, if it should be shown now: an empty field is not shown as wrong before the form is sent. */
  problemOf(field: DrainField): string | undefined
  readonly change: (change: Partial<DrainForm>) => void
  changeSecret(name: SecretName, secret: SecretField): void
  /** Sends the form. Resolves to the saved drain's id, or to the first field that has a problem; undefined: refused. */
  send(): Promise<
    { readonly drainId: string; readonly place?: SecretPlace } | { readonly wrong: DrainField } | undefined
  >
}

const SECRET_FIELDS: readonly DrainField[] = ['hmacKey', 'authorization', 'password', 'apiKey']

/** The form of `edited`, or of a new drain. `others` are the saved drains except the edited one. */
export function useDrainForm(
  edited: Drain | undefined,
  environment: EnvironmentRef,
  others: readonly Drain[],
): DrainFormState {
  const page = usePage()
  const [start] = useState<DrainForm>(() => (edited === undefined ? BLANK_DRAIN : drainFormOf(edited)))
  const [form, setForm] = useState(start)
  const [isTried, setTried] = useState(false)
  const [isSending, setSending] = useState(false)
  const [failure, setFailure] = useState<WireError | undefined>(undefined)
  const reading = readDrain(form, { environment, others, stored: edited?.secrets ?? [] })
  const problems = reading.kind === 'refused' ? reading.problems : {}
  const isTaken = failure?.code === 'name-taken'

  const send: DrainFormState['send'] = async () => {
    setTried(true)
    if (reading.kind === 'refused') {
      const wrong = DRAIN_FIELDS.find((field) => problems[field] !== undefined)
      return wrong === undefined ? undefined : { wrong }
    }
    if (isSending) return undefined
    setSending(true)
    setFailure(undefined)
    try {
      if (edited === undefined) return await page.request('drain.create', reading.parameters)
      await page.request('drain.update', { ...reading.parameters, drainId: edited.id })
      return { drainId: edited.id }
    } catch (error) {
      const wire = toWireError(error)
      setFailure(wire)
      setSending(false)
      return wire.code === 'name-taken' ? { wrong: 'name' } : undefined
    }
  }

  const typedIn = (field: DrainField): string => {
    const value: unknown = SECRET_FIELDS.includes(field) ? '' : Reflect.get(form, field)
    return typeof value === 'string' ? value : ''
  }
  return {
    form,
    isChanged: JSON.stringify(form) !== JSON.stringify(start),
    isSending,
    failure: isTaken ? undefined : failure,
    problemOf: (field) => {
      if (field === 'name' && isTaken) return failure.message
      return isTried || typedIn(field).trim() !== '' ? problems[field] : undefined
    },
    change: (change) => {
      if (change.name !== undefined && isTaken) setFailure(undefined)
      setForm((before) => ({ ...before, ...change }))
    },
    changeSecret: (name, secret) =>
      setForm((before) => ({ ...before, secrets: { ...before.secrets, [name]: secret } })),
    send,
  }
}
