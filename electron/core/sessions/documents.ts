// The session documents and their parameters.
//
// Source: specification §1.5. All values are strings in lists; `localPortNumber` is read by clients only, so it is left out.

import type { StartSessionRequest } from '../../../shared/session'

/** Forwards a port of the instance, or of a host that the instance reaches. */
export function portForwardRequest(options: {
  readonly target: string
  readonly remotePort: number
  readonly remoteHost?: string
  readonly reason?: string
}): StartSessionRequest {
  const { target, remotePort, remoteHost, reason } = options
  const common = { target, ...(reason === undefined ? {} : { reason }) }
  if (remoteHost === undefined) {
    return {
      ...common,
      document: 'AWS-StartPortForwardingSession',
      parameters: { portNumber: [String(remotePort)] },
    }
  }
  return {
    ...common,
    document: 'AWS-StartPortForwardingSessionToRemoteHost',
    parameters: { host: [remoteHost], portNumber: [String(remotePort)] },
  }
}

/** One raw connection to a port of the instance, for ssh and similar programs. */
export function rawPortRequest(options: {
  readonly target: string
  readonly remotePort: number
  readonly reason?: string
}): StartSessionRequest {
  return {
    target: options.target,
    document: 'AWS-StartSSHSession',
    parameters: { portNumber: [String(options.remotePort)] },
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  }
}
