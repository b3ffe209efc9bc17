// The address to dial, from the stream URL of an API answer. The session's token is sent there, so a foreign host is refused.
//
// The service names its public host of the region whatever endpoint StartSession was sent to. Where that host cannot be reached
// (PrivateLink without private DNS, FIPS), the user names another: it replaces scheme, host and port. Path and query stay byte
// for byte as they came. Source: specification §1.4.

import { isLoopbackAddress, isOnLoopback } from '../../shared/hosts'
import { AppError } from '../../shared/errors'
import { isServiceHost, publicHost } from '../../shared/partitions'

/** The message gateway's name in host names. */
const SERVICE = 'ssmmessages'

/** A host name has at most 253 characters, but the answer of a service may name a longer one. */
const MAX_WHY = 400

/** What decides whether a stream URL is accepted. */
export interface StreamUrlPolicy {
  /** The session's region: its partition decides the names. */
  readonly region: string
  /** The SSM endpoint that the user set, if any: its host is good too, and loopback where it is on loopback itself. */
  readonly endpointUrl: string | undefined
  /** Scheme, host and port that replace those of the URL: `wss://vpce-….vpce.amazonaws.com`. Absent: they stay. */
  readonly messageEndpoint?: string | undefined
}

function refuse(why: string): AppError {
  return new AppError(
    'stream-url-refused',
    `The service named a stream address that Culvert will not connect to: ${why.slice(0, MAX_WHY)}. Check the region and endpoint settings.`,
  )
}

function isGoodHost(hostname: string, { region, endpointUrl }: StreamUrlPolicy): boolean {
  if (isServiceHost(hostname, SERVICE, region)) return true
  const endpoint = endpointUrl !== undefined && URL.canParse(endpointUrl) ? new URL(endpointUrl).hostname : undefined
  if (endpoint === undefined) return false
  return hostname === endpoint || (isLoopbackAddress(hostname) && isOnLoopback(endpoint))
}

/**
 * Returns the address to dial for `streamUrl`, or throws `stream-url-refused`. Good are `wss` URLs of an ssmmessages host in the
 * region's partition (FIPS, dual-stack and VPC endpoints included) whatever endpoint is set, of the endpoint's own host, and of
 * loopback where the endpoint is on loopback. An endpoint elsewhere must not send headers and token to a local program. Plain
 * `ws` is good on loopback only. A `messageEndpoint` replaces any host. The message names the host, never the whole URL.
 */
export function streamAddress(streamUrl: string, policy: StreamUrlPolicy): string {
  const url = URL.canParse(streamUrl) ? new URL(streamUrl) : undefined
  // What the URL parser mends (a missing slash, a backslash) is refused: these bytes are dialled as they are.
  if (url === undefined || !/^[a-z]+:\/\/[^/?#\\]+[/?]/i.test(streamUrl)) throw refuse('it is not a URL')
  if (url.username !== '' || url.password !== '') throw refuse('it carries a user name')
  if (url.protocol !== 'wss:' && url.protocol !== 'ws:') throw refuse(`it is not a WebSocket (${url.protocol})`)
  const { messageEndpoint } = policy
  if (messageEndpoint !== undefined) return streamUrl.replace(/^[a-z]+:\/\/[^/?#]*/i, () => messageEndpoint)
  if (url.protocol === 'ws:' && !isLoopbackAddress(url.hostname)) {
    throw refuse(`${url.hostname} is asked for without encryption`)
  }
  if (isGoodHost(url.hostname, policy)) return streamUrl
  const { region } = policy
  throw refuse(
    `${url.hostname} is no Session Manager host of the partition of ${region}, such as ${publicHost(SERVICE, region)}`,
  )
}
