// Turns the typed fields of the forward editor into a request, or into the reasons why it is incomplete, field by field.

import type { RequestParameters } from '../../../shared/api/requests'
import { documentNameProblem } from '../../../shared/environmentsettings'
import { shownName } from '../../../shared/foreigntext'
import { remoteHostProblem } from '../../../shared/hosts'
import type { DocumentChoice } from '../../../shared/model/document'
import type { Forward, ForwardTarget, ForwardView } from '../../../shared/model/forward'
import { readPort, takeApart } from './destination'
import { CONNECTIONS_PROBLEM, MINUTES_PROBLEM, minutesText, readConnections, readMinutes } from './limits'
import { PARAMETERS_PROBLEM, parametersText, readParameters } from './parameters'

/** The fields as typed. */
export interface ForwardFields {
  readonly name: string
  readonly target: ForwardTarget | undefined
  readonly remotePort: string
  readonly remoteHost: string
  readonly localPort: string
  readonly startAtLaunch: boolean
  /** `8 h`; empty for no limit. */
  readonly expiresAfter: string
  readonly maxConnections: string
  /** The session document; empty for the environment's or AWS's. */
  readonly document: string
  /** See parameters.ts. */
  readonly parameters: string
}

/** An empty form. */
export const BLANK: ForwardFields = {
  name: '',
  target: undefined,
  remotePort: '',
  remoteHost: '',
  localPort: '',
  startAtLaunch: false,
  expiresAfter: '',
  maxConnections: '',
  document: '',
  parameters: '',
}

/** The fields that can have a problem, in the order of the form. */
export const FIELD_ORDER = [
  'name',
  'target',
  'remoteHost',
  'remotePort',
  'localPort',
  'expiresAfter',
  'maxConnections',
  'document',
  'parameters',
] as const

/** The name of a field that can have a problem. */
export type FieldName = (typeof FIELD_ORDER)[number]

/** A sentence for each field that has a problem. */
export type Problems = Partial<Readonly<Record<FieldName, string>>>

/** A request, or the problems that prevent it. */
export type ForwardReading =
  | { readonly kind: 'request'; readonly parameters: RequestParameters<'forward.create'> }
  | { readonly kind: 'refused'; readonly problems: Problems }

/** The fields of a saved forward, as a person would have typed them. */
export function fieldsOf(forward: Forward): ForwardFields {
  return {
    name: forward.name,
    target: forward.target,
    remotePort: String(forward.remotePort),
    remoteHost: forward.remoteHost ?? '',
    localPort: forward.localPort === undefined ? '' : String(forward.localPort),
    startAtLaunch: forward.startAtLaunch,
    expiresAfter: forward.expiresAfterMinutes === undefined ? '' : minutesText(forward.expiresAfterMinutes),
    maxConnections: forward.maxConnections === undefined ? '' : String(forward.maxConnections),
    document: forward.document?.name ?? '',
    parameters: parametersText(forward.document?.parameters ?? {}),
  }
}

/**
 * Moves a port that was pasted with the host into the port field, and drops the rest around the host. This port replaces the
 * one in the port field, such as a preset's: it was typed later, or it would have been moved already.
 */
export function tidy(fields: ForwardFields): ForwardFields {
  const { host, port } = takeApart(fields.remoteHost)
  return { ...fields, remoteHost: host, ...(port === undefined ? {} : { remotePort: String(port) }) }
}

function nameProblem(name: string, others: readonly ForwardView[]): string | undefined {
  if (name === '') return 'Enter a name.'
  if (name.length > 100) return 'A name has 100 characters at most.'
  const isTaken = others.some(({ forward }) => forward.name === name)
  return isTaken ? `Another forward is named ${shownName(name)}. Choose another name.` : undefined
}

/** Reads the form. `others` are the saved forwards except the edited one. Blank optional fields are left out. */
export function readForward(fields: ForwardFields, others: readonly ForwardView[]): ForwardReading {
  const name = fields.name.trim()
  const { target, startAtLaunch } = fields
  const tidied = tidy(fields)
  const remoteHost = tidied.remoteHost.trim()
  const remotePort = readPort(tidied.remotePort)
  const localText = fields.localPort.trim()
  const localPort = readPort(localText)
  const minutes = readMinutes(fields.expiresAfter)
  const connections = readConnections(fields.maxConnections)
  const document = fields.document.trim()
  const parameters = readParameters(fields.parameters)
  const found: Record<FieldName, string | undefined> = {
    name: nameProblem(name, others),
    target: target === undefined ? 'Choose an instance.' : undefined,
    remoteHost: remoteHost === '' ? undefined : remoteHostProblem(remoteHost),
    remotePort: remotePort === undefined ? 'Enter a port from 1 to 65535.' : undefined,
    localPort:
      localText !== '' && localPort === undefined ? 'Enter a port from 1 to 65535, or leave this empty.' : undefined,
    expiresAfter: fields.expiresAfter.trim() !== '' && minutes === undefined ? MINUTES_PROBLEM : undefined,
    document: document === '' ? undefined : documentNameProblem(document),
    parameters: document !== '' && parameters === undefined ? PARAMETERS_PROBLEM : undefined,
    maxConnections: fields.maxConnections.trim() !== '' && connections === undefined ? CONNECTIONS_PROBLEM : undefined,
  }
  const problems: Problems = Object.fromEntries(Object.entries(found).filter(([, sentence]) => sentence !== undefined))
  if (target === undefined || remotePort === undefined || Object.keys(problems).length > 0) {
    return { kind: 'refused', problems }
  }
  return {
    kind: 'request',
    parameters: {
      name,
      target,
      remotePort,
      ...(remoteHost === '' ? {} : { remoteHost }),
      ...(localPort === undefined ? {} : { localPort }),
      startAtLaunch,
      ...(minutes === undefined ? {} : { expiresAfterMinutes: minutes }),
      ...(connections === undefined ? {} : { maxConnections: connections }),
      ...(document === '' ? {} : { document: documentOf(document, parameters ?? {}) }),
    },
  }
}

function documentOf(name: string, parameters: NonNullable<DocumentChoice['parameters']>): DocumentChoice {
  return { name, ...(Object.keys(parameters).length === 0 ? {} : { parameters }) }
}

/** Whether to show a field's problem before the form is sent: an empty field is not shown as wrong yet. */
export function isWorthTelling(field: FieldName, fields: ForwardFields): boolean {
  const value = fields[field]
  return typeof value === 'string' && value.trim() !== ''
}
