// What a session leads to, as a URL: for the ledger and for lists of sessions.

import { isIPv6 } from 'node:net'

/** `tcp://HOST:PORT`; HOST is localhost for a port of the instance itself. */
export function endpointOf({
  remotePort,
  remoteHost = 'localhost',
}: {
  readonly remotePort: number
  readonly remoteHost?: string
}): string {
  return `tcp://${isIPv6(remoteHost) ? `[${remoteHost}]` : remoteHost}:${remotePort}`
}
