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
 * Dials the stream of `ticket`, in each form of the upgrade until one is accepted. Rejects with `stream-url-refused` before
 * anything is sent, with the codes of `dial` (`upgrade-refused` where every form was), or with the signal's reason. The caller
 * owns the wire.
 */
export async function connect(service: DialService, ticket: SessionTicket, signal: AbortSignal): Promise<Wire> {
  const { streamUrl: url } = ticket
  checkStreamUrl(url, service)
  const agent = service.agentFor(url)
  let refusal: AppError | undefined
  for (const { headers, worked } of await service.signUpgrade(url, signal)) {
    try {
      const wire = await dial({ url, headers, agent, signal })
      worked()
      return wire
    } catch (error) {
      // A refused upgrade does not use up the token, which goes out in the first message.
      if (!(error instanceof AppError) || error.code !== 'upgrade-refused') throw error
      refusal ??= error
    }
  }
  throw refusal ?? new AppError('internal', 'No form of the upgrade was given. Report this.')
}
