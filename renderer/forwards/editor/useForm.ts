// The state of the forward editor: what was typed, what of it is wrong, and sending it.
//
// A failure of the core loses nothing that was typed.

import { useState } from 'react'
import { toWireError, type WireError } from '../../../shared/errors'
import type { ForwardTarget, ForwardView } from '../../../shared/model/forward'
import type { Instance } from '../../../shared/model/instance'
import { usePage } from '../../context'
import { targetLabel } from './choices'
import { readPort } from './destination'
import {
  BLANK,
  FIELD_ORDER,
  fieldsOf,
  isWorthTelling,
  readForward,
  tidy,
  type FieldName,
  type ForwardFields,
} from './form'
import { localPortFor, proposeName } from './proposals'
import { suggestPort, useFreePort } from './useFreePort'

/** What the editor needs of its form. */
export interface Form {
  /** As shown: with the proposed name and local port until one was typed. */
  readonly fields: ForwardFields
  /** Whether the local port is a proposal. */
  readonly isPortProposed: boolean
  /** Whether a person has changed anything that would be lost. */
  readonly isChanged: boolean
  readonly isSending: boolean
  /** What the core said, where it belongs to no field. */
  readonly failure: WireError | undefined
  /** The problem of a field that is shown now. */
  problemOf(field: FieldName): string | undefined
  change(change: Partial<ForwardFields>): void
  /** Moves a port that came with the host into its own field. */
  tidy(): void
  /** Sends the form; `isStart`: and turns it on. Gives the first field that is wrong, if one is. */
  send(isStart: boolean): Promise<FieldName | undefined>
}

/** Where a form begins. */
export interface FormStart {
  /** The forward that is edited; undefined: a new one. */
  readonly edited: ForwardView | undefined
  readonly target: ForwardTarget | undefined
  readonly others: readonly ForwardView[]
  readonly instances: readonly Instance[]
}

/** A form that closes the editor once the core has taken it. */
export function useForm({ edited, target, others, instances }: FormStart): Form {
  const page = usePage()
  const [start] = useState<ForwardFields>(() =>
    edited === undefined ? { ...BLANK, target } : fieldsOf(edited.forward),
  )
  const [typed, setTyped] = useState(start)
  const [isNameTyped, setNameTyped] = useState(edited !== undefined)
  const [isPortTyped, setPortTyped] = useState(edited !== undefined)
  const [isTried, setTried] = useState(false)
  const [isSending, setSending] = useState(false)
  const [failure, setFailure] = useState<WireError | undefined>(undefined)

  const instance = targetLabel(typed.target, instances)
  // A port that was typed with the host counts before the host is left.
  const { remoteHost, remotePort } = tidy(typed)
  const remote = readPort(remotePort)
  const proposedPort = useFreePort(isPortTyped || remote === undefined ? undefined : localPortFor(remote))
  const fields = {
    ...typed,
    ...(isNameTyped ? {} : { name: proposeName({ instance, remoteHost, remotePort }, others) }),
    ...(isPortTyped || proposedPort === undefined ? {} : { localPort: String(proposedPort) }),
  }
  const reading = readForward(fields, others)
  const problems = reading.kind === 'refused' ? reading.problems : {}
  const wrong = FIELD_ORDER.filter((field) => problems[field] !== undefined)
  // The name is proposed once the other fields are filled, unless the person has typed one.
  const told = isNameTyped || wrong.length === 1 ? wrong : wrong.filter((field) => field !== 'name')
  const nameFailure = failure?.code === 'name-taken' ? failure.message : undefined

  const send = async (isStart: boolean): Promise<FieldName | undefined> => {
    setTried(true)
    if (reading.kind === 'refused') return told[0]
    if (isSending) return undefined
    setSending(true)
    setFailure(undefined)
    try {
      if (edited === undefined) {
        const { parameters } = reading
        // Sent before the proposal has come: it is still the one to use.
        const localPort =
          parameters.localPort ??
          (isPortTyped ? undefined : await suggestPort(page, localPortFor(parameters.remotePort)))
        const { forwardId } = await page.request('forward.create', {
          ...parameters,
          ...(localPort === undefined ? {} : { localPort }),
        })
        // It is saved: what keeps it from starting is told by its row.
        if (isStart) void page.ask('forward.start', { forwardId })
      } else {
        await page.request('forward.update', {
          ...reading.parameters,
          forwardId: edited.forward.id,
        })
      }
      page.closeEditor()
      return undefined
    } catch (error) {
      const wire = toWireError(error)
      setFailure(wire)
      setSending(false)
      return wire.code === 'name-taken' ? 'name' : undefined
    }
  }

  return {
    fields,
    isPortProposed: !isPortTyped && proposedPort !== undefined,
    isChanged: JSON.stringify(typed) !== JSON.stringify(start),
    isSending,
    failure: nameFailure === undefined ? failure : undefined,
    problemOf: (field) => {
      if (field === 'name' && nameFailure !== undefined) return nameFailure
      return told.includes(field) && (isTried || isWorthTelling(field, fields)) ? problems[field] : undefined
    },
    change: (change) => {
      if (change.name !== undefined) {
        // An emptied name is proposed again.
        setNameTyped(change.name !== '' || edited !== undefined)
        if (nameFailure !== undefined) setFailure(undefined)
      }
      // An emptied local port stays empty: the core then chooses one at the first start.
      if (change.localPort !== undefined) setPortTyped(true)
      setTyped((before) => ({ ...before, ...change }))
    },
    tidy: () => setTyped(tidy),
    send,
  }
}
