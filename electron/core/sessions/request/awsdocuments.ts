// AWS's own session documents, as far as Culvert has to know them: they are never read from the account.
//
// Source: specification §1.5. Their patterns are left to AWS.

import type { DocumentParameter, ParameterRole, SessionDocument } from '../../../../shared/model/document'

/** A forward to a port of the instance. */
export const PORT_DOCUMENT = 'AWS-StartPortForwardingSession'
/** A forward to a host that the instance reaches. */
export const REMOTE_HOST_DOCUMENT = 'AWS-StartPortForwardingSessionToRemoteHost'
/** One raw connection. */
export const SSH_DOCUMENT = 'AWS-StartSSHSession'

function parameter(name: string, role: ParameterRole | undefined, usual?: string): DocumentParameter {
  return {
    name,
    isList: false,
    ...(role === undefined ? {} : { role }),
    ...(usual === undefined ? {} : { default: [usual] }),
  }
}

const port = parameter('portNumber', 'port', '80')
const localPort = parameter('localPortNumber', 'localPort', '0')
const host = parameter('host', 'host')
const command = parameter('command', undefined)

function document(
  name: string,
  sessionType: string,
  parameters: readonly DocumentParameter[],
): readonly [string, SessionDocument] {
  const isPort = sessionType === 'Port'
  const made = { kind: 'made' } as const
  return [
    name,
    {
      name,
      sessionType,
      parameters,
      ...(isPort ? { port: made } : {}),
      ...(parameters.includes(host) ? { host: made } : {}),
    },
  ]
}

const documents: ReadonlyMap<string, SessionDocument> = new Map([
  document('SSM-SessionManagerRunShell', 'Standard_Stream', []),
  document(PORT_DOCUMENT, 'Port', [port, localPort]),
  document(REMOTE_HOST_DOCUMENT, 'Port', [host, port, localPort]),
  document(SSH_DOCUMENT, 'Port', [parameter('portNumber', 'port', '22')]),
  document('AWS-StartInteractiveCommand', 'InteractiveCommands', [command]),
  document('AWS-StartNonInteractiveCommand', 'NonInteractiveCommands', [command]),
])

/** The document of AWS's with this name. */
export function awsDocument(name: string): SessionDocument | undefined {
  return documents.get(name)
}
