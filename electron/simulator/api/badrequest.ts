// The sessions that Systems Manager refuses with BadRequest at StartSession. Pure.
//
// Source: specification §1.2; Systems Manager user guide, "Configuring instance tiers" and "Starting a session (port forwarding to
// remote host)".

import { forwardsToRemoteHosts } from '../agent/gates'
import type { WorldInstance } from '../world/roster'
import { fault, type Fault } from './answers'

const REMOTE_HOST_DOCUMENT = 'AWS-StartPortForwardingSessionToRemoteHost'

/** What an account and region offer. */
export interface Offer {
  /** Whether the advanced-instances tier is on, without which no hybrid node has sessions. */
  readonly hasAdvancedTier: boolean
  /** Whether ports of remote hosts are forwarded. AWS began with it in May 2022. */
  readonly hasRemoteHosts: boolean
  /** Every agent's version, or each instance's own. */
  readonly agentVersion: string | undefined
}

/** The refusal of a session of `documentName` to `instance`; undefined if the session can be started. */
export function badRequest(instance: WorldInstance, documentName: string, offer: Offer): Fault | undefined {
  if (instance.kind === 'hybrid' && !offer.hasAdvancedTier) {
    const words = 'Enable advanced-instances tier to use Session Manager with your on-premises instances'
    return fault('BadRequest', words)
  }
  if (documentName !== REMOTE_HOST_DOCUMENT) return undefined
  if (!offer.hasRemoteHosts) {
    return fault('BadRequest', 'Currently, port forwarding sessions to remote hosts are not supported.')
  }
  if (forwardsToRemoteHosts(offer.agentVersion ?? instance.agentVersion)) return undefined
  const words =
    "The version of the SSM agent installed on this instance doesn't support port forwarding to remote hosts. " +
    'Update the SSM agent to the latest version.'
  return fault('BadRequest', words)
}
