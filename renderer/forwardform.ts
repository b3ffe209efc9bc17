// What was typed into the forward form, as a request.

import type { RequestParameters } from '../shared/api'

/** The fields as typed. */
export interface ForwardFields {
  readonly instanceId: string
  readonly remotePort: string
  readonly remoteHost: string
  readonly localPort: string
}

/** A request, or the field that keeps it from being one and the sentence for it. */
export type ForwardReading =
  | { readonly kind: 'request'; readonly parameters: RequestParameters<'forward.open'> }
  | { readonly kind: 'refused'; readonly field: keyof ForwardFields; readonly sentence: string }

function readPort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined
  const port = Number(text)
  return port >= 1 && port <= 65_535 ? port : undefined
}

/** Reads the form. Blank optional fields are left out of the request. */
export function readForward(fields: ForwardFields): ForwardReading {
  const { instanceId } = fields
  if (instanceId === '') return { kind: 'refused', field: 'instanceId', sentence: 'Choose an instance.' }
  const remotePort = readPort(fields.remotePort.trim())
  if (remotePort === undefined) {
    return { kind: 'refused', field: 'remotePort', sentence: 'Enter the remote port, a number from 1 to 65535.' }
  }
  const remoteHost = fields.remoteHost.trim()
  if (/[\s/]/.test(remoteHost) || remoteHost.length > 255) {
    return { kind: 'refused', field: 'remoteHost', sentence: 'Enter a host name or an address, without http://.' }
  }
  const localText = fields.localPort.trim()
  const localPort = readPort(localText)
  if (localText !== '' && localPort === undefined) {
    return {
      kind: 'refused',
      field: 'localPort',
      sentence: 'Enter a number from 1 to 65535, or leave the local port empty to have one chosen.',
    }
  }
  return {
    kind: 'request',
    parameters: {
      instanceId,
      remotePort,
      ...(remoteHost === '' ? {} : { remoteHost }),
      ...(localPort === undefined ? {} : { localPort }),
    },
  }
}
