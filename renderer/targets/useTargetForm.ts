// The state of the form of a saved target: the typed fields, their problems, and sending them.
//
// When the core refuses the request, the typed fields are kept.

import { useState } from 'react'
import { toWireError, type WireError } from '../../shared/errors'
import type { SavedTarget } from '../../shared/model/savedtarget'
import type { TargetSet } from '../../shared/targetset'
import { usePage } from '../context'
import { BLANK_TARGET, readTarget, TARGET_FIELDS, targetFieldsOf, type TargetField, type TargetFields } from './form'

/** The form as its dialog uses it. */
export interface TargetForm {
  readonly fields: TargetFields
  /** Whether the person has made changes that closing would lose. */
  readonly isChanged: boolean
  readonly isSending: boolean
  /** The core's error, if it belongs to no field. */
  readonly failure: WireError | undefined
  /** The problem of a field, if it should be shown now: an empty field is not shown as wrong before the form is sent. */
  problemOf(field: TargetField): string | undefined
  change(change: Partial<TargetFields>): void
  /** Sends the form. Resolves to the saved target's id, or to the first field that has a problem; undefined: refused. */
  send(): Promise<{ readonly targetId: string } | { readonly wrong: TargetField } | undefined>
}

/** The form of `edited`, or of a new target on `set`. `others` are the saved targets except the edited one. */
export function useTargetForm(
  edited: SavedTarget | undefined,
  set: TargetSet | undefined,
  others: readonly SavedTarget[],
): TargetForm {
  const page = usePage()
  const [start] = useState<TargetFields>(() =>
    edited === undefined ? { ...BLANK_TARGET, ...set } : targetFieldsOf(edited),
  )
  const [fields, setFields] = useState(start)
  const [isTried, setTried] = useState(false)
  const [isSending, setSending] = useState(false)
  const [failure, setFailure] = useState<WireError | undefined>(undefined)
  const reading = readTarget(fields, others)
  const problems = reading.kind === 'refused' ? reading.problems : {}
  const isTaken = failure?.code === 'name-taken'

  const send: TargetForm['send'] = async () => {
    setTried(true)
    if (reading.kind === 'refused') {
      const wrong = TARGET_FIELDS.find((field) => problems[field] !== undefined)
      return wrong === undefined ? undefined : { wrong }
    }
    if (isSending) return undefined
    setSending(true)
    setFailure(undefined)
    try {
      if (edited === undefined) return await page.request('target.create', reading.parameters)
      await page.request('target.update', { ...reading.parameters, targetId: edited.id })
      return { targetId: edited.id }
    } catch (error) {
      const wire = toWireError(error)
      setFailure(wire)
      setSending(false)
      return wire.code === 'name-taken' ? { wrong: 'name' } : undefined
    }
  }

  return {
    fields,
    isChanged: JSON.stringify(fields) !== JSON.stringify(start),
    isSending,
    failure: isTaken ? undefined : failure,
    problemOf: (field) => {
      if (field === 'name' && isTaken) return failure.message
      const typed = field === 'hosts' ? fields.hosts : fields[field]
      return isTried || typed.trim() !== '' ? problems[field] : undefined
    },
    change: (change) => {
      if (change.name !== undefined && isTaken) setFailure(undefined)
      setFields((before) => ({ ...before, ...change }))
    },
    send,
  }
}
