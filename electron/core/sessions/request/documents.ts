// Which session document a session names, with which parameters and which reason: decided before StartSession is called.
//
//   the document that was asked for -> the environment's for this use -> AWS's own
//
// A document that may be read is checked first: its type fits, it goes where the forward goes, and each value is allowed. One
// that may not be read is started as it was asked for, and AWS checks it. All values are texts in lists.
// Source: specification §1.5.

import { AppError } from '../../../../shared/errors'
import { isOnLoopback } from '../../../../shared/hosts'
import type { DocumentChoice, DocumentParameter, DocumentUse, SessionDocument } from '../../../../shared/model/document'
import type { StartSessionRequest } from '../../../../shared/session'
import { awsDocument, PORT_DOCUMENT, REMOTE_HOST_DOCUMENT, SSH_DOCUMENT } from './awsdocuments'
import { mayMatch } from './patterns'

type Parameters = Readonly<Record<string, readonly string[]>>

/** The rules of an environment for the sessions in it. Asked at each start of a session. */
export interface SessionRules {
  /** The document for a use; undefined: AWS's own. */
  documentFor(use: DocumentUse): string | undefined
  /** Reads a document; undefined where it cannot be read. Rejects with `document-missing` and `usage` where it starts no session. */
  readDocument(name: string, signal: AbortSignal): Promise<SessionDocument | undefined>
  /** The reason of a session that has none of its own; undefined where none is required. Rejects where a person gives none. */
  reason(signal: AbortSignal): Promise<string | undefined>
}

/** The session that is wanted. */
export interface WantedSession {
  readonly target: string
  readonly use: DocumentUse
  /** Present for every use but a shell. */
  readonly remotePort?: number
  /** Resolved and dialled by the instance; absent: the instance itself. */
  readonly remoteHost?: string
  /** The document of this session, in place of the environment's. */
  readonly document?: DocumentChoice
  readonly reason?: string
  /** Absent: there are none. */
  readonly rules?: SessionRules
  readonly signal: AbortSignal
}

const AWS_DOCUMENTS: Readonly<Record<DocumentUse, string | undefined>> = {
  shell: undefined,
  port: PORT_DOCUMENT,
  remoteHost: REMOTE_HOST_DOCUMENT,
  ssh: SSH_DOCUMENT,
}

/** Makes the request of a session. Rejects with `usage`, `document-missing` and as `SessionRules.reason` does. */
export async function requestFor(wanted: WantedSession): Promise<StartSessionRequest> {
  const { target, rules, signal } = wanted
  const choice = choiceOf(wanted)
  const parameters = choice === undefined ? undefined : await parametersFor(choice, wanted)
  const reason = wanted.reason ?? (await rules?.reason(signal))
  return {
    target,
    ...(choice === undefined ? {} : { document: choice.name }),
    ...(parameters === undefined || Object.keys(parameters).length === 0 ? {} : { parameters }),
    ...(reason === undefined ? {} : { reason }),
  }
}

/** Undefined: the request names no document, which starts the account's shell. */
function choiceOf({ document, use, rules }: WantedSession): DocumentChoice | undefined {
  if (document !== undefined) return document
  const name = rules?.documentFor(use) ?? AWS_DOCUMENTS[use]
  return name === undefined ? undefined : { name }
}

async function parametersFor({ name, parameters }: DocumentChoice, wanted: WantedSession): Promise<Parameters> {
  const document = awsDocument(name) ?? (await wanted.rules?.readDocument(name, wanted.signal))
  // Parameters that a person gave for an unread document are sent as they are: a name more would be refused.
  if (document === undefined) return parameters ?? destinationOf(wanted)
  checkType(document, wanted.use)
  return filled(document, parameters ?? {}, wanted)
}

/** The destination in the names of AWS's documents. */
function destinationOf({ remotePort, remoteHost }: WantedSession): Parameters {
  return {
    ...(remoteHost === undefined ? {} : { host: [remoteHost] }),
    ...(remotePort === undefined ? {} : { portNumber: [String(remotePort)] }),
  }
}

function refused(document: SessionDocument, why: string): AppError {
  return new AppError('usage', `The session document ${document.name} ${why}`)
}

function checkType(document: SessionDocument, use: DocumentUse): void {
  const { sessionType } = document
  if (use === 'shell' && sessionType === 'Port') {
    throw refused(
      document,
      'is of type Port and opens no shell: name one of type Standard_Stream or InteractiveCommands.',
    )
  }
  if (use !== 'shell' && sessionType !== 'Port') {
    throw refused(document, `is of type ${sessionType} and forwards no port: name one of type Port.`)
  }
}

/** The parameters to send: those that were given, and the destination. The others have their defaults. */
function filled(document: SessionDocument, given: Parameters, wanted: WantedSession): Parameters {
  const names = document.parameters.map(({ name }) => name)
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    const known = names.length === 0 ? 'it has none' : `its parameters are ${names.join(', ')}`
    throw refused(document, `has no parameter ${unknown}: ${known}.`)
  }
  const all: Record<string, readonly string[]> = { ...given }
  for (const parameter of document.parameters) {
    const own = valuesFor(parameter, wanted)
    const values = given[parameter.name] ?? own
    if (isOfDestination(parameter, wanted)) checkDestination(document, parameter, { values, own })
    if (values !== undefined) all[parameter.name] = values
    else if (parameter.default === undefined)
      throw refused(document, `needs the parameter ${parameter.name}: give it a value.`)
    for (const value of values ?? []) check(document, parameter, value)
  }
  checkWay(document, wanted)
  return all
}

/** The value of a parameter that stands for a part of the destination. */
function valuesFor({ role, default: usual }: DocumentParameter, wanted: WantedSession): readonly string[] | undefined {
  const { remotePort, remoteHost } = wanted
  if (role === 'port') return remotePort === undefined ? undefined : [String(remotePort)]
  if (role === 'host') return remoteHost === undefined ? undefined : [remoteHost]
  // Read by AWS's plugin only, which chooses a port for 0.
  return role === 'localPort' && usual === undefined ? ['0'] : undefined
}

/** Whether the destination decides the parameter. A raw connection has a port only; its document may name any host. */
function isOfDestination({ role }: DocumentParameter, { use }: WantedSession): boolean {
  return role === 'port' || (role === 'host' && use !== 'ssh')
}

/** Refuses a value that would carry the forward elsewhere than it says. */
function checkDestination(
  document: SessionDocument,
  { name, role }: DocumentParameter,
  { values, own }: { readonly values: readonly string[] | undefined; readonly own: readonly string[] | undefined },
): void {
  if (own === undefined)
    throw refused(document, `forwards to a ${role ?? 'host'}: enter the ${role ?? 'host'} of the destination.`)
  if (values?.join() !== own.join()) {
    throw refused(document, `takes ${name} from the destination, which is ${own.join()}: leave ${name} out.`)
  }
}

function check(document: SessionDocument, parameter: DocumentParameter, value: string): void {
  const { name, allowedValues, allowedPattern, minChars = 0, maxChars = Infinity } = parameter
  const wrong = (rule: string): AppError => refused(document, `does not take "${value}" for ${name}: ${rule}.`)
  if (allowedValues?.includes(value) === false) throw wrong(`it takes ${allowedValues.join(', ')}`)
  if (allowedPattern !== undefined && !mayMatch(allowedPattern, value)) throw wrong(`its pattern is ${allowedPattern}`)
  if (value.length < minChars) throw wrong(`it takes at least ${minChars} characters`)
  if (value.length > maxChars) throw wrong(`it takes at most ${maxChars} characters`)
}

/** Refuses a document whose own destination is another one than the forward's. */
function checkWay(document: SessionDocument, { use, remotePort, remoteHost }: WantedSession): void {
  if (use === 'shell') return
  const { host, port } = document
  if (port?.kind === 'fixed' && port.text !== String(remotePort)) {
    throw refused(document, `forwards to port ${port.text} and not to ${remotePort}: enter that port.`)
  }
  if (remoteHost !== undefined && host === undefined) {
    throw refused(document, `forwards to the instance itself and not to ${remoteHost}: leave the host empty.`)
  }
  if (use === 'ssh' || host?.kind !== 'fixed' || host.text === remoteHost) return
  if (remoteHost === undefined && isOnLoopback(host.text)) return
  throw refused(
    document,
    `forwards to ${host.text} and not to ${remoteHost ?? 'the instance itself'}: enter that host.`,
  )
}
