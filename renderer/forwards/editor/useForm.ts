// The state of the forward editor: the typed fields, their problems, and sending them.
//
// When the core refuses the request, the typed fields are kept.

import { useState } from 'react'
import { toWireError, type WireError } from '../../../shared/errors'
import type { ForwardTarget, ForwardView } from '../../../shared/model/forward'
import type { Instance } from '../../../shared/model/instance'
import type { SavedTarget } from '../../../shared/model/savedtarget'
import { usePage } from '../../context'
import { nameSource } from './target/choices'
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
import { parametersText } from './parameters'
import { localPortFor, proposeName } from './proposals'
import { suggestPort, useFreePort } from './useFreePort'

/** The form as the editor uses it. */
export interface Form {
  /** As shown: the proposed name and local port until the person has typed them. */
  readonly fields: ForwardFields
  /** Whether the local port is a proposal. */
  readonly isPortProposed: boolean
  /** Whether the person has made changes that closing would lose. */
  readonly isChanged: boolean
  readonly isSending: boolean
  /** The core's error, if it belongs to no field. */
  readonly failure: WireError | undefined
  /** The problem of a field, if it should be shown now. */
  problemOf(field: FieldName): string | undefined
  change(change: Partial<ForwardFields>): void
  /** Moves a port that was pasted with the host into the port field. */
  tidy(): void
  /** Sends the form; with `isStart` it also turns the forward on. Resolves to the first field that has a problem, if any. */
  send(isStart: boolean): Promise<FieldName | undefined>
}

/** The initial values of a form. */
export interface FormStart {
  /** The forward being edited; undefined for a new one. */
  readonly edited: ForwardView | undefined
  readonly target: ForwardTarget | undefined
  readonly others: readonly ForwardView[]
  readonly instances: readonly Instance[]
  /** The saved targets of the forward's environment. */
  readonly targets: readonly SavedTarget[]
}

/** What a saved target fills in: its defaults, where the form has nothing yet. */
export function fillFrom(target: SavedTarget, fields: ForwardFields): Partial<ForwardFields> {
  const { defaultPort, remoteHost, document } = target
  return {
    ...(defaultPort === undefined || fields.remotePort !== '' ? {} : { remotePort: String(defaultPort) }),
    ...(remoteHost === undefined || fields.remoteHost !== '' ? {} : { remoteHost }),
    ...(document === undefined || fields.document !== ''
      ? {}
      : { document: document.name, parameters: parametersText(document.parameters ?? {}) }),
  }
}

function startFields(target: ForwardTarget | undefined, targets: readonly SavedTarget[]): ForwardFields {
  const saved = target?.kind === 'saved' ? targets.find(({ id }) => id === target.targetId) : undefined
  const start = { ...BLANK, target }
  return saved === undefined ? start : { ...start, ...fillFrom(saved, start) }
}

/** A form that closes the editor once the core has accepted it. */
export function useForm({ edited, target, others, instances, targets }: FormStart): Form {
  const page = usePage()
  const [start] = useState<ForwardFields>(() =>
    edited === undefined ? startFields(target, targets) : fieldsOf(edited.forward),
  )
  const [typed, setTyped] = useState(start)
  const [isNameTyped, setNameTyped] = useState(edited !== undefined)
  const [isPortTyped, setPortTyped] = useState(edited !== undefined)
  const [isTried, setTried] = useState(false)
  const [isSending, setSending] = useState(false)
  const [failure, setFailure] = useState<WireError | undefined>(undefined)

  const instance = nameSource(typed.target, instances, targets)
  // A port typed with the host counts even before the host input loses the focus.
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
  // The name is proposed once the other fields are filled in, unless the person has typed one.
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
        // Submitted before the proposal arrived: the proposal is still used.
        const localPort =
          parameters.localPort ??
          (isPortTyped ? undefined : await suggestPort(page, localPortFor(parameters.remotePort)))
        const { forwardId } = await page.request('forward.create', {
          ...parameters,
          ...(localPort === undefined ? {} : { localPort }),
        })
        // The forward is saved. If it does not start, its row shows why.
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
        // Once the name is emptied, a name is proposed again.
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
