// Turns the typed fields of a saved target into a request, or into the reasons why it is incomplete, field by field. Pure.

import type { RequestParameters } from '../../shared/api/requests'
import { documentNameProblem } from '../../shared/environmentsettings'
import { shownName } from '../../shared/foreigntext'
import { remoteHostProblem } from '../../shared/hosts'
import type { SavedTarget } from '../../shared/model/savedtarget'
import { setProblem, type SetChoice } from '../../shared/targetset'
import { readPort } from '../forwards/editor/destination'
import {
  CONNECTIONS_PROBLEM,
  MINUTES_PROBLEM,
  minutesText,
  readConnections,
  readMinutes,
} from '../forwards/editor/limits'
import { PARAMETERS_PROBLEM, parametersText, readParameters } from '../forwards/editor/parameters'

/** The fields as typed. */
export interface TargetFields {
  readonly name: string
  /** See shared/targetset.ts. */
  readonly hosts: string
  readonly choice: SetChoice
  /** Empty: sessions of it are shells. */
  readonly port: string
  readonly remoteHost: string
  readonly document: string
  /** See forwards/editor/parameters.ts. */
  readonly parameters: string
  readonly connectionLimit: string
  /** `8 h`; empty for no limit. */
  readonly maxDuration: string
}

/** An empty form. */
export const BLANK_TARGET: TargetFields = {
  name: '',
  hosts: '',
  choice: 'random',
  port: '',
  remoteHost: '',
  document: '',
  parameters: '',
  connectionLimit: '',
  maxDuration: '',
}

/** The fields that can have a problem, in the order of the form. */
export const TARGET_FIELDS = [
  'name',
  'hosts',
  'remoteHost',
  'port',
  'maxDuration',
  'connectionLimit',
  'document',
  'parameters',
] as const

/** The name of a field that can have a problem. */
export type TargetField = (typeof TARGET_FIELDS)[number]

/** A request, or a sentence for each field that has a problem. */
export type TargetReading =
  | { readonly kind: 'request'; readonly parameters: RequestParameters<'target.create'> }
  | { readonly kind: 'refused'; readonly problems: Partial<Readonly<Record<TargetField, string>>> }

/** The fields of a saved target, as a person would have typed them. */
export function targetFieldsOf(target: SavedTarget): TargetFields {
  const { name, set, defaultPort, remoteHost = '', document, connectionLimit, maxDurationMinutes } = target
  return {
    name,
    hosts: set.hosts,
    choice: set.choice,
    port: defaultPort === undefined ? '' : String(defaultPort),
    remoteHost,
    document: document?.name ?? '',
    parameters: parametersText(document?.parameters ?? {}),
    connectionLimit: connectionLimit === undefined ? '' : String(connectionLimit),
    maxDuration: maxDurationMinutes === undefined ? '' : minutesText(maxDurationMinutes),
  }
}

function nameProblem(name: string, others: readonly SavedTarget[]): string | undefined {
  if (name === '') return 'Enter a name.'
  if (name.length > 100) return 'A name has 100 characters at most.'
  const isTaken = others.some((target) => target.name === name)
  return isTaken ? `Another target is named ${shownName(name)}. Choose another name.` : undefined
}

/** Why a text that may be empty was not read; undefined if it is empty or was read. */
function unless(text: string, value: unknown, problem: string): string | undefined {
  return text.trim() !== '' && value === undefined ? problem : undefined
}

/** Reads the form. `others` are the saved targets except the edited one. Blank optional fields are left out. */
export function readTarget(fields: TargetFields, others: readonly SavedTarget[]): TargetReading {
  const name = fields.name.trim()
  const hosts = fields.hosts.trim()
  const remoteHost = fields.remoteHost.trim()
  const port = readPort(fields.port)
  const document = fields.document.trim()
  const parameters = readParameters(fields.parameters)
  const limit = readConnections(fields.connectionLimit)
  const minutes = readMinutes(fields.maxDuration)
  const found: Record<TargetField, string | undefined> = {
    name: nameProblem(name, others),
    hosts: hosts === '' ? 'Enter a set of hosts, such as Name=web-*.' : setProblem(hosts),
    remoteHost: remoteHost === '' ? undefined : remoteHostProblem(remoteHost),
    port:
      remoteHost !== '' && fields.port.trim() === ''
        ? 'A destination host needs a port.'
        : unless(fields.port, port, 'Enter a port from 1 to 65535, or leave this empty.'),
    maxDuration: unless(fields.maxDuration, minutes, MINUTES_PROBLEM),
    connectionLimit: unless(fields.connectionLimit, limit, CONNECTIONS_PROBLEM),
    document: document === '' ? undefined : documentNameProblem(document),
    parameters: document === '' ? undefined : unless(fields.parameters, parameters, PARAMETERS_PROBLEM),
  }
  const problems = Object.fromEntries(Object.entries(found).filter(([, sentence]) => sentence !== undefined))
  if (Object.keys(problems).length > 0) return { kind: 'refused', problems }
  return {
    kind: 'request',
    parameters: {
      name,
      set: { hosts, choice: fields.choice },
      ...(port === undefined ? {} : { defaultPort: port }),
      ...(remoteHost === '' ? {} : { remoteHost }),
      ...(document === ''
        ? {}
        : {
            document: {
              name: document,
              ...(parameters === undefined || Object.keys(parameters).length === 0 ? {} : { parameters }),
            },
          }),
      ...(limit === undefined ? {} : { connectionLimit: limit }),
      ...(minutes === undefined ? {} : { maxDurationMinutes: minutes }),
    },
  }
}
