// Checks the stream URL of an API answer. The session's token is sent to that URL, so a foreign one is refused.

import { isLoopbackAddress, isOnLoopback } from '../../shared/hosts'
import { AppError } from '../../shared/errors'

// The DNS names of each partition: of its endpoints, and of its dual-stack endpoints where it has them.
// Source: botocore data/partitions.json (dnsSuffix, dualStackDnsSuffix).
const PARTITIONS: readonly { readonly region: RegExp; readonly suffixes: readonly string[] }[] = [
  { region: /^cn-/, suffixes: ['amazonaws.com.cn', 'api.amazonwebservices.com.cn'] },
  { region: /^us-gov-/, suffixes: ['amazonaws.com', 'api.aws'] },
  { region: /^us-isob-/, suffixes: ['sc2s.sgov.gov', 'api.aws.scloud'] },
  { region: /^us-isof-/, suffixes: ['csp.hci.ic.gov', 'api.aws.hci.ic.gov'] },
  { region: /^us-iso-/, suffixes: ['c2s.ic.gov', 'api.aws.ic.gov'] },
  { region: /^eu-isoe-/, suffixes: ['cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'] },
  { region: /^eusc-/, suffixes: ['amazonaws.eu', 'api.amazonwebservices.eu'] },
  { region: /./, suffixes: ['amazonaws.com', 'api.aws'] },
]

/** A host name has at most 253 characters, but the answer of a service may name a longer one. */
const MAX_WHY = 400

/** What decides whether a stream URL is accepted. */
export interface StreamUrlPolicy {
  /** The session's region: its partition decides the names. */
  readonly region: string
  /** The endpoint that the user set, if any: then its host is good, and loopback where it is on loopback itself. */
  readonly endpointUrl: string | undefined
}

function isMessageGateway(hostname: string, region: string): boolean {
  const partition = PARTITIONS.find((candidate) => candidate.region.test(region))
  return (partition?.suffixes ?? []).some((suffix) => {
    if (!hostname.endsWith(`.${suffix}`)) return false
    const labels = hostname.slice(0, -suffix.length - 1)
    // ssmmessages.REGION, ssmmessages-fips.REGION, and VPC endpoints: vpce-ID[-ZONE].ssmmessages.REGION.vpce
    return /^(ssmmessages(-fips)?\.[a-z0-9-]+|vpce-[a-z0-9-]+\.ssmmessages(-fips)?\.[a-z0-9-]+\.vpce)$/.test(labels)
  })
}

/**
 * Accepts `streamUrl` by returning nothing, or throws `stream-url-refused`. Good are `wss` URLs of an ssmmessages host in the
 * region's partition (FIPS, dual-stack and VPC endpoints included); where the user set an endpoint, that endpoint's host
 * instead, and loopback where the endpoint is on loopback. An endpoint elsewhere must not send headers and token to a local
 * program. Plain `ws` is good on loopback only. The message names the host, never the whole URL.
 */
export function checkStreamUrl(streamUrl: string, policy: StreamUrlPolicy): void {
  const url = URL.canParse(streamUrl) ? new URL(streamUrl) : undefined
  const refuse = (why: string): AppError =>
    new AppError(
      'stream-url-refused',
      `The service named a stream address that Culvert will not connect to: ${why.slice(0, MAX_WHY)}. Check the region and endpoint settings.`,
    )
  if (url === undefined) throw refuse('it is not a URL')
  if (url.username !== '' || url.password !== '') throw refuse('it carries a user name')
  if (url.protocol !== 'wss:' && url.protocol !== 'ws:') throw refuse(`it is not a WebSocket (${url.protocol})`)
  const isLocal = isLoopbackAddress(url.hostname)
  if (url.protocol === 'ws:' && !isLocal) throw refuse(`${url.hostname} is asked for without encryption`)
  if (policy.endpointUrl !== undefined) {
    const endpoint = URL.canParse(policy.endpointUrl) ? new URL(policy.endpointUrl) : undefined
    if (endpoint !== undefined && (url.hostname === endpoint.hostname || (isLocal && isOnLoopback(endpoint.hostname))))
      return
    throw refuse(`${url.hostname} is not the endpoint's host`)
  }
  if (!isMessageGateway(url.hostname, policy.region)) {
    throw refuse(`${url.hostname} is no Session Manager host of the partition of ${policy.region}`)
  }
}
