// From a ticket to an open WebSocket: checks the stream address, signs the upgrade, dials.
//
// Source: specification §2.

import { AppError } from '../../../shared/errors'
import type { SessionTicket } from '../../../shared/session'
import { dial } from '../../ssm/channel/socket'
import type { Wire } from '../../ssm/channel/wire'
import { checkStreamUrl } from '../../ssm/streamurl'
import type { SessionService } from './parts'

/** The part of the service that dialling uses. */
export type DialService = Pick<SessionService, 'region' | 'endpointUrl' | 'signUpgrade' | 'agentFor'>

/**
 * Dials the stream of `ticket`. Rejects with `stream-url-refused` before anything is sent, with the codes of `dial`, or with the
 * signal's reason. The caller owns the wire.
 */
export async function connect(service: DialService, ticket: SessionTicket, signal: AbortSignal): Promise<Wire> {
  checkStreamUrl(ticket.streamUrl, service)
  const agent = service.agentFor(ticket.streamUrl)
  const headers = await service.signUpgrade(ticket.streamUrl, signal)
  try {
    return await dial({ url: ticket.streamUrl, headers: headers ?? {}, agent, signal })
  } catch (error) {
    // A signed upgrade needs one IAM permission more than the token does: try once more without the signature (§2).
    if (headers === undefined || !(error instanceof AppError) || error.code !== 'upgrade-refused') throw error
    return await dial({ url: ticket.streamUrl, headers: {}, agent, signal })
  }
}
