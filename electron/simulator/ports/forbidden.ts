// The destinations that an agent refuses to forward to: link-local service addresses and the VPC's reserved ones. Pure.
//
// Source: amazon-ssm-agent agent/session/plugins/port denylist; specification §8.1.

import { isIPv4, isIPv6 } from 'node:net'

const DENIED = new Set([
  '169.254.169.254',
  '169.254.169.253',
  '169.254.169.123',
  '169.254.169.250',
  '169.254.169.251',
  'fd00:ec2::254',
  'fd00:ec2::253',
  'fd00:ec2::123',
  'fd00:ec2::240',
])

// The first four addresses and the last one belong to AWS.
const RESERVED_FIRST = 4

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

// Written out, so that fd00:ec2::254 is found however it is abbreviated.
function canonicalIPv6(address: string): string {
  return new URL(`http://[${address}]/`).hostname.slice(1, -1)
}

/** Whether an agent in a VPC of `cidr` (IPv4, `a.b.c.d/n`) forbids forwarding to the literal address `host`. */
export function isForbiddenAddress(host: string, cidr: string): boolean {
  if (isIPv6(host)) return DENIED.has(canonicalIPv6(host))
  if (!isIPv4(host)) return false
  if (DENIED.has(host)) return true
  const [base = '', prefix = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(prefix))
  const offset = toNumber(host) - toNumber(base)
  return (offset >= 0 && offset < RESERVED_FIRST) || offset === size - 1
}
